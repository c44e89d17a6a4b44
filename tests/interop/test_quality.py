"""Held-out figures of the core against transformers, on the toy model and real text; and that transformers loads the toy."""

import json
import math

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer


@pytest.fixture(scope="module")
def toy(toy_path):
    options = {"gguf_file": toy_path.name}
    model, info = AutoModelForCausalLM.from_pretrained(toy_path.parent, **options, dtype=torch.float32, output_loading_info=True)
    assert not info["missing_keys"] and not info["unexpected_keys"]
    return model, AutoTokenizer.from_pretrained(toy_path.parent, **options)


@torch.no_grad()
def test_perplexity(probe, toy_path, toy, text_path):
    model, tokenizer = toy
    documents = [sorted(folder.rglob("*.txt"))[1] for folder in sorted(text_path.iterdir()) if folder.is_dir()]
    windows = torch.tensor([tokenizer.encode(path.read_text()[:4000])[:192] for path in documents])
    # Mean cross-entropy of each window, as transformers computes it.
    losses = torch.stack([model(window[None], labels=window[None]).loss for window in windows]).double()

    lines = "".join(" ".join(map(str, window.tolist())) + "\n" for window in windows)
    ours = json.loads(probe("quality", toy_path, input=lines.encode()).stdout)
    perplexity = math.exp(losses.mean())
    assert ours["perplexity"] == pytest.approx(perplexity, rel=1e-5)
    assert ours["stderr"] == pytest.approx(perplexity * losses.std().item() / math.sqrt(len(losses)), rel=1e-4)
    assert (ours["kl"], ours["top1"]) == (0, 1)
    assert perplexity < 150, "the toy has learnt its text: token frequencies alone give over 250"
