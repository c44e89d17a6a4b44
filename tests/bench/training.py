#!/usr/bin/env python3
"""One global training step beside its peer: the same arithmetic in eager PyTorch over transformers' own model, written from
docs/METHOD.md §§2-5 as the paper has it (Sinkhorn unrolled for autograd, greedy rounding, whole logits).

    packaging/test.sh -N                     # once: builds, and installs the peers
    build/deps/interop/bin/python tests/bench/training.py MODEL.gguf [--threads 2] [--steps 3] [--json]

Prints tokens/s and peak memory of both, each in a process of its own, and the ratios. The peer's matrix products run in fp32,
or with --dtype bfloat16 in what `dotmoe` takes where the CPU has dot products of it."""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXPERTS, ACTIVE, SHARED = 84, 12, 192          # the layout of `quick`, which ours runs
SEQUENCES, WINDOW = 4, 512
TEMPERATURE, ITERATIONS = 0.1, 50


def sinkhorn(affinity, capacity):
    """Alg. 1, Eq. 7: A [L, N, columns] -> plan; autograd goes through every iteration."""
    z = affinity / TEMPERATURE
    f = -z.logsumexp(-1, keepdim=True)
    for _ in range(ITERATIONS):
        g = capacity.log() - (z + f).logsumexp(-2, keepdim=True)
        f = -(z + g).logsumexp(-1, keepdim=True)
    return (z + f + g).exp()


def greedy_owners(plan, capacity):
    """The paper's rounding of one layer's plan [N, columns]."""
    import torch
    columns = plan.shape[1]
    owner, room = [-1] * plan.shape[0], [int(c) for c in capacity]
    for entry in plan.flatten().argsort(descending=True).tolist():
        neuron, column = divmod(entry, columns)
        if owner[neuron] < 0 and room[column] > 0:
            owner[neuron] = column
            room[column] -= 1
    return torch.tensor(owner)


class Student:
    """The dense model with the feed-forward layers masked: y = (H * (R_ste M_ste^T)) W_down (Eq. 11, 12, 16)."""

    def __init__(self, model):
        import torch
        config = model.config
        self.layers, self.columns = config.num_hidden_layers, EXPERTS + 1
        neurons = config.intermediate_size
        self.capacity = torch.tensor([SHARED] + [(neurons - SHARED) // EXPERTS] * EXPERTS, dtype=torch.float32)
        generator = torch.Generator().manual_seed(0)
        columns = torch.arange(self.columns).repeat_interleave(self.capacity.long())
        start = torch.stack([columns[torch.randperm(neurons, generator=generator)] for _ in range(self.layers)])
        one_hot = torch.nn.functional.one_hot(start, self.columns).float()
        self.affinity = (one_hot + 0.01 * torch.randn(one_hot.shape, generator=generator)).requires_grad_()
        self.router = (0.01 * torch.randn(self.layers, config.hidden_size, EXPERTS, generator=generator)).requires_grad_()
        self.sparse = False
        for number, layer in enumerate(model.model.layers):
            layer.mlp.forward = self.feed_forward(layer.mlp, number)

    def feed_forward(self, mlp, number):
        import torch

        def forward(x):
            hidden = mlp.act_fn(mlp.gate_proj(x)) * mlp.up_proj(x)
            if not self.sparse:
                return mlp.down_proj(hidden)
            logits = x.float() @ self.router[number]
            p = logits.softmax(-1)
            hard = torch.zeros_like(p).scatter_(-1, p.topk(ACTIVE, -1).indices, 1.0)
            chosen = torch.cat([torch.ones_like(p[..., :1]), hard + p - p.detach()], -1)
            share = hard.mean((0, 1)) / ACTIVE
            self.balance.append(EXPERTS * (share * p.mean((0, 1))).sum())
            self.z.append(logits.logsumexp(-1).square().mean())
            return mlp.down_proj(hidden * (chosen @ self.membership[number].T).to(hidden.dtype))
        return forward

    def solve(self):
        import torch
        plan = sinkhorn(self.affinity, self.capacity)
        owner = torch.stack([greedy_owners(layer, self.capacity) for layer in plan.detach()])
        hard = torch.nn.functional.one_hot(owner, self.columns).float()
        self.membership = hard + plan - plan.detach()
        self.balance, self.z = [], []


def peer(options):
    import torch
    from torch.nn.functional import cross_entropy, kl_div
    from transformers import AutoModelForCausalLM
    torch.set_num_threads(options.threads)
    path = Path(options.model)
    model = AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=getattr(torch, options.dtype))
    model.requires_grad_(False)
    student = Student(model)
    optimizer = torch.optim.AdamW([{"params": [student.affinity], "lr": 1e-2}, {"params": [student.router], "lr": 3e-3}],
                                  weight_decay=1e-4, betas=(0.9, 0.95))
    generator = torch.Generator().manual_seed(0)
    tokens = torch.randint(model.config.vocab_size, (SEQUENCES, WINDOW), generator=generator)
    seconds = []
    for _ in range(options.steps + 1):   # the first warms up
        start = time.perf_counter()
        student.solve()
        student.sparse = False
        with torch.no_grad():
            teacher = model(tokens).logits.float().log_softmax(-1)
        student.sparse = True
        logits = model(tokens).logits.float()
        kl = kl_div(logits.log_softmax(-1).flatten(0, 1), teacher.flatten(0, 1), log_target=True, reduction="batchmean")
        ce = cross_entropy(logits[:, :-1].flatten(0, 1), tokens[:, 1:].flatten())
        loss = 2 * kl + ce + 2e-2 * torch.stack(student.balance).mean() + 1e-3 * torch.stack(student.z).mean()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([student.affinity, student.router], 1.0)
        optimizer.step()
        optimizer.zero_grad()
        seconds.append(time.perf_counter() - start)
    middle = sorted(seconds[1:])[len(seconds[1:]) // 2]
    print(json.dumps({"tokens_per_second": SEQUENCES * WINDOW / middle,
                      "peak_memory_bytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}))


def figures(command):
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--binary", default=str(ROOT / "build/release/bin/dotmoe"))
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--dtype", choices=["float32", "bfloat16"], default="float32", help="of the peer's matrix products")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--peer", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer:
        return peer(options)
    shared = ["--threads", str(options.threads), "--steps", str(options.steps)]
    ours = figures([options.binary, "bench", "train", options.model, "--recipe", "quick", "--device", "cpu", "--json", *shared])
    theirs = figures([sys.executable, __file__, options.model, "--peer", "--dtype", options.dtype, *shared])
    result = {"threads": options.threads, "ours": ours, "peer": theirs, "peer_dtype": options.dtype,
              "speed_ratio": ours["tokens_per_second"] / theirs["tokens_per_second"],
              "memory_ratio": ours["peak_memory_bytes"] / theirs["peak_memory_bytes"]}
    if options.json:
        print(json.dumps(result, indent=2))
        return
    for name, run in (("dotmoe bench train", ours), (f"eager, {options.dtype}", theirs)):
        print(f"{name:<20} {run['tokens_per_second']:>8.1f} tokens/s   peak {run['peak_memory_bytes'] / 1e9:.2f} GB")
    print(f"{result['speed_ratio']:.2f} times the tokens/s, {result['memory_ratio']:.2f} of the memory; "
          f"transport takes {100 * ours['transport_share']:.1f} % of our step")


if __name__ == "__main__":
    main()
