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
def probe():
    """Runs `dotmoe_probe ARGUMENTS...`; returns the finished process, whose stdout and stderr are bytes."""

    def run(*arguments, input: bytes = b"", check: bool = True) -> subprocess.CompletedProcess:
        command = [os.path.join(os.environ["DOTMOE_BIN"], "dotmoe_probe"), *map(str, arguments)]
        done = subprocess.run(command, input=input, capture_output=True, timeout=600)
        if check:
            assert done.returncode == 0, done.stderr.decode()
        return done

    return run
