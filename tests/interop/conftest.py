"""Paths and the probe, for every test of this folder. Run by CTest, or by hand with the same environment."""

import os
import pathlib
import subprocess

import pytest


@pytest.fixture(scope="session")
def model_path() -> pathlib.Path:
    """SmolLM2-135M-Instruct as GGUF."""
    path = os.environ.get("DOTMOE_MODEL", "")
    if not path:
        pytest.skip("DOTMOE_MODEL is not set: packaging/setup.sh fetches the model")
    return pathlib.Path(path)


@pytest.fixture(scope="session")
def toy_path() -> pathlib.Path:
    """The toy model that make_toy trains."""
    path = pathlib.Path(os.environ["DOTMOE_DEPS"]) / "model" / "toy.gguf"
    if not path.exists():
        pytest.skip("no toy model: packaging/test.sh makes it")
    return path


@pytest.fixture(scope="session")
def text_path() -> pathlib.Path:
    """The text mix: a folder of .txt documents for each source."""
    path = pathlib.Path(os.environ["DOTMOE_DEPS"]) / "text"
    if not path.is_dir():
        pytest.skip("no text: packaging/setup.sh fetches it")
    return path


@pytest.fixture(scope="session")
def model_tokenizer(model_path):
    """The model's tokenizer (of the package tokenizers): transformers' reading of the GGUF file, which has GPT-2's splitting
    rule whatever tokenizer.ggml.pre says, with the step that it leaves out. The file says "smollm", whose rule, as in the
    model's own tokenizer.json and in llama.cpp, first sets every digit apart."""
    from tokenizers import Tokenizer
    from tokenizers.pre_tokenizers import ByteLevel, Digits, Sequence
    from transformers import AutoTokenizer

    loaded = AutoTokenizer.from_pretrained(model_path.parent, gguf_file=model_path.name)
    completed = Tokenizer.from_str(loaded.backend_tokenizer.to_str())
    completed.pre_tokenizer = Sequence([Digits(individual_digits=True), ByteLevel(add_prefix_space=False, use_regex=True)])
    return completed


@pytest.fixture(scope="session")
def probe():
    """Runs `dotmoe_probe ARGUMENTS...`; returns the finished process, whose stdout and stderr are bytes."""

    def run(*arguments, input: bytes = b"", check: bool = True) -> subprocess.CompletedProcess:
        command = [os.path.join(os.environ["DOTMOE_BIN"], "dotmoe_probe"), *map(str, arguments)]
        done = subprocess.run(command, input=input, capture_output=True, timeout=600)
        if check:
            assert done.returncode == 0, done.stderr.decode()
        return done

    return run
