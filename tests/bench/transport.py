#!/usr/bin/env python3
"""The transport engine beside its peers, in one run on the same threads: POT's sinkhorn_log (torch and numpy), autograd
through the unrolled iterations, and SciPy's linear_sum_assignment.

    packaging/test.sh -N                     # once: builds, and installs the peers
    build/deps/interop/bin/python tests/bench/transport.py [--threads 2] [--json]

Prints, for each size, milliseconds of both sides and the ratio peer / ours."""

import argparse
import json
import os
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SIZES = [(1536, 96), (11008, 86), (14336, 112)]
TEMPERATURE, ITERATIONS = 0.1, 50
SLOWEST = 1536   # neurons: SciPy solves the expanded [N, N] problem, cubic in N


def best_ms(repeats, job):
    def once():
        start = time.perf_counter()
        job()
        return 1e3 * (time.perf_counter() - start)
    times, start = [], time.perf_counter()
    while len(times) < repeats or time.perf_counter() - start < 0.5:   # as ours: short jobs have to warm up
        times.append(once())
    return min(times)


def ours(what, neurons, columns, options):
    command = [options.binary, "bench", what, "--json", "--device", "cpu", "--threads", str(options.threads),
               "--neurons", str(neurons), "--columns", str(columns), "--temperature", str(TEMPERATURE),
               "--iterations", str(ITERATIONS), "--repeats", str(options.repeats)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def pot(affinity, backend_of, repeats):
    """POT minimises <C, P> with uniform row mass and column mass in proportion to the capacity: C = -A."""
    import ot
    cost = backend_of(-affinity)
    rows = backend_of(affinity[:, 0] * 0 + 1 / len(affinity))
    columns = backend_of(affinity[0] * 0 + 1 / affinity.shape[1])
    return best_ms(repeats, lambda: ot.bregman.sinkhorn_log(
        rows, columns, cost, TEMPERATURE, numItermax=ITERATIONS, stopThr=0, warn=False))


def unrolled(affinity, repeats):
    """Forward and backward through Alg. 1 by autograd."""
    import torch
    capacity = torch.full((affinity.shape[1],), affinity.shape[0] / affinity.shape[1]).log()
    gradient = torch.randn(affinity.shape)

    def both():
        a = torch.from_numpy(affinity).requires_grad_()
        z = a / TEMPERATURE
        f = -z.logsumexp(1)
        for _ in range(ITERATIONS):
            g = capacity - (z + f[:, None]).logsumexp(0)
            f = -(z + g).logsumexp(1)
        ((z + f[:, None] + g).exp() * gradient).sum().backward()
    return best_ms(repeats, both)


def scipy_assignment(affinity):
    import numpy as np
    from scipy.optimize import linear_sum_assignment
    capacity = affinity.shape[0] // affinity.shape[1]
    expanded = np.repeat(affinity, capacity, axis=1)
    return best_ms(1, lambda: linear_sum_assignment(expanded, maximize=True))


def measure(neurons, columns, options):
    import numpy as np
    import torch
    affinity = np.random.default_rng(0).standard_normal((neurons, columns)).astype(np.float32)
    sinkhorn, rounding = ours("sinkhorn", neurons, columns, options), ours("rounding", neurons, columns, options)
    plain, backward = 1e3 * sinkhorn["plain"]["seconds"], 1e3 * sinkhorn["backward_seconds"]
    exact = 1e3 * rounding["exact_seconds"]
    rows = [
        ("sinkhorn, 50 iterations", "POT sinkhorn_log, torch", plain, pot(affinity, torch.from_numpy, options.repeats)),
        ("sinkhorn, 50 iterations", "POT sinkhorn_log, numpy", plain, pot(affinity, lambda x: x, 1)),
        ("forward and backward", "unrolled autograd, torch", plain + backward, unrolled(affinity, options.repeats)),
        ("exact rounding", "greedy: all scores sorted", exact, 1e3 * rounding["greedy_seconds"]),
    ]
    if neurons <= SLOWEST:
        rows.append(("exact rounding", "SciPy linear_sum_assignment", exact, scipy_assignment(affinity)))
    return [{"neurons": neurons, "columns": columns, "what": what, "peer": peer, "ours_ms": mine, "peer_ms": theirs,
             "ratio": theirs / mine} for what, peer, mine, theirs in rows]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(ROOT / "build/release/bin/dotmoe"))
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    import torch
    torch.set_num_threads(options.threads)
    rows = [row for size in SIZES for row in measure(*size, options)]
    if options.json:
        print(json.dumps({"threads": options.threads, "rows": rows}, indent=2))
        return
    for row in rows:
        print("[{neurons:>5},{columns:>3}]  {what:<24} {ours_ms:>9.2f} ms   {peer:<28} {peer_ms:>10.2f} ms   "
              "{ratio:>7.1f}x".format(**row))


if __name__ == "__main__":
    main()
