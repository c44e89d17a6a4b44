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


def figures(probe, model_path, windows: torch.Tensor, stride: int) -> dict:
    lines = "".join(" ".join(map(str, window.tolist())) + "\n" for window in windows)
    return json.loads(probe("quality", model_path, stride, input=lines.encode()).stdout)


@torch.no_grad()
def test_perplexity(probe, toy_path, toy, text_path):
    model, tokenizer = toy
    documents = [sorted(folder.rglob("*.txt"))[1] for folder in sorted(text_path.iterdir()) if folder.is_dir()]
    windows = torch.tensor([tokenizer.encode(path.read_text()[:4000])[:192] for path in documents])
    # Mean cross-entropy of each window, as transformers computes it.
    losses = torch.stack([model(window[None], labels=window[None]).loss for window in windows]).double()

    ours = figures(probe, toy_path, windows, 192)
    perplexity = math.exp(losses.mean())
    assert ours["perplexity"] == pytest.approx(perplexity, rel=1e-5)
    assert ours["stderr"] == pytest.approx(perplexity * losses.std().item() / math.sqrt(len(losses)), rel=1e-4)
    assert (ours["kl"], ours["top1"]) == (0, 1)
    assert perplexity < 150, "the toy has learnt its text: token frequencies alone give over 250"


@pytest.mark.parametrize("stride", [32, 96, 128])
@torch.no_grad()
def test_strided_perplexity(stride, probe, toy_path, toy, text_path):
    """As the guide of transformers computes it, with the tokens that are context alone labelled -100."""
    model, tokenizer = toy
    text = sorted((text_path / "novels").rglob("*.txt"))[0].read_text()
    tokens = torch.tensor(tokenizer.encode(text[:6000]))
    windows = tokens.unfold(0, 128, stride)
    assert len(windows) > 10
    labels = windows.clone()
    labels[:, :-stride] = -100
    losses = torch.stack([model(window[None], labels=label[None]).loss for window, label in zip(windows, labels)]).double()

    ours = figures(probe, toy_path, windows, stride)
    perplexity = math.exp(losses.mean())
    assert ours["perplexity"] == pytest.approx(perplexity, rel=1e-5)
    assert ours["stderr"] == pytest.approx(perplexity * losses.std().item() / math.sqrt(len(losses)), rel=1e-4)
