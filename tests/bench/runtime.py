#!/usr/bin/env python3
"""The CPU runtime beside its peers, in one run on the same threads: our dense model and its conversions, `transformers` in
bf16 and in fp32 on the same weights, and llama.cpp in F16 where llama-cpp-python is installed.

    packaging/test.sh -N                     # once: builds, and installs the peers
    build/deps/interop/bin/python tests/bench/runtime.py MODEL.gguf [--converted DIR]... [--threads 2] [--json]

Prints tokens/s of a prompt and of a generation token by token from an empty cache, and their ratio to our dense model."""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def best_rate(repeats, tokens, job):
    seconds = []
    for _ in range(repeats + 1):   # the first warms up
        start = time.perf_counter()
        job()
        seconds.append(time.perf_counter() - start)
    return tokens / min(seconds[1:])


def transformers_rates(options):
    import torch
    from transformers import AutoModelForCausalLM
    torch.set_num_threads(options.threads)
    path = Path(options.model)
    model = AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=getattr(torch, options.peer)).eval()
    ids = torch.randint(model.config.vocab_size, (1, max(options.prompt, options.tokens)),
                        generator=torch.Generator().manual_seed(0))

    def prompt():
        model(ids[:, :options.prompt], logits_to_keep=1)

    def generation():
        cache = None
        for t in range(options.tokens):
            out = model(ids[:, t:t + 1], past_key_values=cache, use_cache=True)
            cache = out.past_key_values
            out.logits[0, -1].argmax().item()

    with torch.inference_mode():
        return best_rate(options.repeats, options.prompt, prompt), best_rate(options.repeats, options.tokens, generation)


def llama_cpp_rates(options):
    import llama_cpp
    import numpy as np
    with tempfile.TemporaryDirectory() as folder:
        f16 = Path(folder) / "f16.gguf"
        quantize = llama_cpp.llama_model_quantize_default_params()
        quantize.ftype, quantize.allow_requantize = llama_cpp.LLAMA_FTYPE_MOSTLY_F16, True
        llama_cpp.llama_model_quantize(str(options.model).encode(), str(f16).encode(), quantize)
        model = llama_cpp.Llama(str(f16), n_ctx=1024, n_batch=options.prompt, n_threads=options.threads,
                                n_threads_batch=options.threads, verbose=False)
        ids = np.random.default_rng(0).integers(model.n_vocab(), size=max(options.prompt, options.tokens)).tolist()

        def prompt():
            model.reset()
            model.eval(ids[:options.prompt])

        def generation():
            model.reset()
            for token in ids[:options.tokens]:
                model.eval([token])
        return best_rate(options.repeats, options.prompt, prompt), best_rate(options.repeats, options.tokens, generation)


def figures(command):
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--converted", action="append", default=[])
    parser.add_argument("--binary", default=str(ROOT / "build/release/bin/dotmoe"))
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--prompt", type=int, default=512)
    parser.add_argument("--tokens", type=int, default=128)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--peer", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer:
        prompt, generation = llama_cpp_rates(options) if options.peer == "llama.cpp" else transformers_rates(options)
        return print(json.dumps({"prompt_tokens_per_second": prompt, "tokens_per_second": generation}))
    shared = [options.model, *(f"--{name}={getattr(options, name)}" for name in ("threads", "prompt", "tokens", "repeats"))]
    converted = [part for folder in options.converted for part in ("--converted", folder)]
    rows = []
    for weights in ("bf16", "fp32"):
        ours = figures([options.binary, "bench", "runtime", *shared, *converted, "--weights", weights, "--json"])
        rows += [{**row, "name": f"dotmoe {weights}, {row['name']}"} for row in ours["models"]]
    peers = {"transformers bf16": "bfloat16", "transformers fp32": "float32"}
    if importlib.util.find_spec("llama_cpp"):
        peers["llama.cpp F16"] = "llama.cpp"
    rows += [{"name": name, **figures([sys.executable, __file__, *shared, "--peer", peer])} for name, peer in peers.items()]
    dense = rows[0]
    for row in rows:
        row["prompt_ratio"] = row["prompt_tokens_per_second"] / dense["prompt_tokens_per_second"]
        row["generation_ratio"] = row["tokens_per_second"] / dense["tokens_per_second"]
    if options.json:
        print(json.dumps({"threads": options.threads, "load": os.getloadavg()[0], "rows": rows}, indent=2))
        return
    for row in rows:
        print("{name:<28} prompt {prompt_tokens_per_second:>8.1f} tokens/s x{prompt_ratio:<5.2f} "
              "generation {tokens_per_second:>7.1f} tokens/s x{generation_ratio:.2f}".format(**row))


if __name__ == "__main__":
    main()
