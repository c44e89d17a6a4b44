"""`dotmoe` as a user types it. Run by CTest, or by hand with the same environment (DOTMOE_BIN, DOTMOE_DEPS)."""

import dataclasses
import gzip
import json
import os
import pathlib
import subprocess
import time

import pytest

DEPS = pathlib.Path(os.environ["DOTMOE_DEPS"])
ROOT = pathlib.Path(__file__).resolve().parents[3]
BINARY = pathlib.Path(os.environ["DOTMOE_BIN"]) / "dotmoe"


@dataclasses.dataclass
class Result:
    code: int
    out: str
    err: str

    @property
    def json(self):
        """stdout, which must be one JSON object and nothing else."""
        value = json.loads(self.out)
        assert isinstance(value, dict)
        return value

    @property
    def errors(self) -> list[str]:
        return [line for line in self.err.splitlines() if line.startswith("dotmoe: ")]

    def assert_error(self, code: int, *words: str) -> None:
        """One line that names the thing; nothing on stdout; no trace of a crash."""
        assert self.code == code, (self.code, self.err)
        assert len(self.errors) == 1, self.err
        assert self.err.splitlines()[-1] == self.errors[0], self.err
        for word in words:
            assert word in self.errors[0], self.errors[0]
        assert self.out == ""


def command(*arguments) -> list[str]:
    return [str(BINARY), *map(str, arguments)]


def dotmoe(*arguments, timeout: float = 300) -> Result:
    done = subprocess.run(command(*arguments), capture_output=True, timeout=timeout, stdin=subprocess.DEVNULL)
    return Result(done.returncode, done.stdout.decode(), done.stderr.decode())


def needed(path: pathlib.Path) -> pathlib.Path:
    if not path.exists():
        pytest.skip(f"{path} is not there: packaging/setup.sh and packaging/build.sh make it")
    return path


@pytest.fixture(scope="session")
def toy() -> pathlib.Path:
    return needed(DEPS / "model" / "toy.gguf")


@pytest.fixture(scope="session")
def smollm2() -> pathlib.Path:
    return needed(DEPS / "model" / "SmolLM2-135M-Instruct.Q4_1.gguf")


@pytest.fixture(scope="session")
def text() -> pathlib.Path:
    return needed(DEPS / "text")


def conversion_arguments(toy, text, out, steps=20, recipe="toy") -> list:
    """The toy, in seconds: by default enough global steps to be interrupted in their middle."""
    return ["convert", toy, "--text", text, "--out", out, "--recipe", recipe, "--steps", steps, "--seed", 7,
            "--threads", 1]


def wait_for(condition, process, seconds=240):
    deadline = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, "the conversion ended before it could be interrupted"
        assert time.monotonic() < deadline
        time.sleep(0.01)


def kept_step(out: pathlib.Path) -> int:
    """The training step that the checkpoint of a conversion goes on from; -1 without one."""
    try:
        contents = (out / "checkpoint" / "state.safetensors").read_bytes()
    except FileNotFoundError:
        return -1
    header = json.loads(contents[8:8 + int.from_bytes(contents[:8], "little")])
    return json.loads(header["__metadata__"]["notes"])["step"]


@dataclasses.dataclass
class Conversion:
    folder: pathlib.Path
    result: Result


@pytest.fixture(scope="session")
def conversion(toy, text, tmp_path_factory) -> Conversion:
    """An uninterrupted conversion of the toy, made once."""
    folder = tmp_path_factory.mktemp("conversion") / "toy"
    result = dotmoe(*conversion_arguments(toy, text, folder), "--json")
    assert result.code == 0, result.err
    return Conversion(folder, result)


WORDS = ["the", "of", "and", "to", "in", "that", "she", "was", "with", "his"]


def questions(count: int, right: int = 0) -> str:
    """Each question has a word of the text mix and a heap of letters to choose from; `right` is labelled right."""
    text = ""
    for number in range(count):
        context = f"It was {number} years before {WORDS[number % 10]} house of"
        for index, continuation in enumerate((" " + WORDS[(number + 3) % 10], " xq" + "zj" * (number % 3))):
            text += json.dumps({"request_type": "loglikelihood", "doc_id": number, "idx": index, "label": right,
                                "request": {"context": context, "continuation": continuation}}) + "\n"
    return text


@pytest.fixture
def task(tmp_path):
    def make(name: str, text: str, packed: bool = False):
        folder = tmp_path / name
        folder.mkdir()
        if packed:
            (folder / "requests.jsonl.gz").write_bytes(gzip.compress(text.encode()))
        else:
            (folder / "requests.jsonl").write_text(text)
        return folder

    return make
