"""Multiple-choice questions against transformers: the same log-likelihoods and the same choices on real tasks.

DOTMOE_QUESTIONS=200 asks more questions a task than the few of the test run."""

import gzip
import itertools
import json
import os
import pathlib

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM

QUESTIONS = int(os.environ.get("DOTMOE_QUESTIONS", "10"))


@pytest.fixture(scope="module")
def model(model_path):
    return AutoModelForCausalLM.from_pretrained(model_path.parent, gguf_file=model_path.name, dtype=torch.float32)


@pytest.fixture
def task_folder(request) -> pathlib.Path:
    folder = pathlib.Path(os.environ["DOTMOE_DEPS"]) / "tasks" / request.param
    if not folder.is_dir():
        pytest.skip("no tasks: packaging/setup.sh fetches them")
    return folder


@torch.no_grad()
def log_likelihood(model, tokenizer, context: str, continuation: str) -> float:
    """As lm-evaluation-harness splits the tokens; every choice by itself and without padding."""
    whole = tokenizer.encode(context + continuation, add_special_tokens=False).ids
    known = len(tokenizer.encode(context.rstrip(), add_special_tokens=False).ids)
    logits = model(torch.tensor([whole]), logits_to_keep=len(whole) - known + 1).logits[0, :-1]   # predict whole[known:]
    return logits.double().log_softmax(-1).gather(1, torch.tensor(whole[known:])[:, None]).sum().item()


@pytest.mark.parametrize("task_folder", ["piqa", "sciq", "arc_easy"], indirect=True)
def test_log_likelihoods_and_choices(task_folder, model_path, model, model_tokenizer, probe):
    with gzip.open(task_folder / "requests.jsonl.gz", "rt", encoding="utf-8") as lines:
        requests = (json.loads(line) for line in lines)
        by_question = itertools.groupby(requests, lambda request: request["doc_id"])
        questions = [list(choices) for _, choices in itertools.islice(by_question, QUESTIONS)]
    assert all([r["idx"] for r in choices] == list(range(len(choices))) for choices in questions)
    theirs = [[log_likelihood(model, model_tokenizer, r["request"]["context"], r["request"]["continuation"])
               for r in choices] for choices in questions]

    ours = json.loads(probe("choices", model_path, task_folder, QUESTIONS).stdout)
    assert [len(scores) for scores in ours["scores"]] == [len(scores) for scores in theirs]
    flat = [np.concatenate(list(map(np.array, scores))) for scores in (ours["scores"], theirs)]
    print(f"{task_folder.name}: largest relative difference {np.abs(flat[0] / flat[1] - 1).max():.1e}, "
          f"acc {ours['acc']:.3f}, acc_norm {ours['acc_norm']:.3f} of {len(questions)}")
    np.testing.assert_allclose(flat[0], flat[1], rtol=1e-3)

    labels = np.array([choices[0]["label"] for choices in questions])
    by_byte = [[score / len(r["request"]["continuation"].encode()) for score, r in zip(scores, choices, strict=True)]
               for scores, choices in zip(theirs, questions, strict=True)]
    assert [np.argmax(scores) for scores in ours["scores"]] == [np.argmax(scores) for scores in theirs]
    right = np.array([np.argmax(scores) for scores in theirs]) == labels
    assert ours["acc"] == pytest.approx(right.mean())
    assert ours["acc_stderr"] == pytest.approx(right.std(ddof=1) / np.sqrt(len(right)))
    assert ours["acc_norm"] == pytest.approx((np.array([np.argmax(scores) for scores in by_byte]) == labels).mean())
