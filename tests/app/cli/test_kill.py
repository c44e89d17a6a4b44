"""A conversion that is killed, again and again: the same command goes on, and nothing but the last interval is lost."""

import dataclasses
import hashlib
import os
import pathlib
import random
import signal
import subprocess
import time

import pytest

from conftest import command, conversion_arguments, dotmoe, kept_step
from test_record import PLAN, STARTED, STEP, whole_blocks

KILLS = 20
STEPS, RECOVERY, INTERVAL = 12, 6, 2
RESULTS = "experts.safetensors", "weights.gguf", "recipe.toml"
TEMPORARIES = "state.safetensors", "experts.safetensors", "metrics.json", "weights.gguf"


def kill_arguments(toy, text, out) -> list:
    return [*conversion_arguments(toy, text / "essays", out, steps=STEPS), "--recover", RECOVERY, "--set",
            f"distill.checkpoint_every={INTERVAL}", "--resume", "--record", out / "run.moerec"]


def hashes(folder: pathlib.Path) -> dict:
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in RESULTS}


@dataclasses.dataclass
class AtTime:
    """So long after the start, in seconds."""
    seconds: float

    def wait(self, process, out) -> bool:
        try:
            process.wait(timeout=self.seconds)
            return False
        except subprocess.TimeoutExpired:
            return True


@dataclasses.dataclass
class WhileWriting:
    """As soon as the temporary of this file is seen."""
    name: str

    def wait(self, process, out) -> bool:
        while process.poll() is None:
            for _, _, files in os.walk(out):   # folders that go meanwhile are left out
                if any(file.startswith(self.name + ".") and file.endswith(".partial") for file in files):
                    return True
        return False


def moments(length: float):
    """Without end; more than a third while something is written, which no clock would often meet."""
    dice = random.Random(20)
    while True:
        yield WhileWriting(dice.choice(TEMPORARIES)) if dice.random() < 0.35 else AtTime(dice.uniform(0, length))


def recorded(out) -> tuple[list, bytes]:
    """Of each start of the run its blocks; and what a kill cut off."""
    path = out / "run.moerec"
    if not path.exists():   # killed before the run began
        return [], b""
    found, rest = whole_blocks(path.read_bytes())
    starts = [index for index, block in enumerate(found) if block.kind == STARTED]
    assert not found or starts[0] == 0
    return [found[a:b] for a, b in zip(starts, [*starts[1:], len(found)])], rest


def steps(blocks) -> list[int]:
    return [block.step for block in blocks if block.kind == STEP]


def expect_one_interval_lost(starts) -> None:
    """The newest start against all that was reported before it."""
    reported = max((step for blocks in starts[:-1] for step in steps(blocks)), default=0)
    done = steps(starts[-1])
    if done:
        assert done == list(range(done[0], done[-1] + 1))
        assert reported - INTERVAL <= done[0] - 1 <= reported
    if reported > 0:
        assert not any(block.kind == PLAN and block.stage == 0 for block in starts[-1]), "aligned again"


def test_twenty_kills_lose_nothing_but_the_last_interval(toy, text, tmp_path):
    straight = tmp_path / "straight"
    begun = time.monotonic()
    result = dotmoe(*kill_arguments(toy, text, straight))
    moment = moments(time.monotonic() - begun)
    assert result.code == 0, result.err
    wanted, kept = hashes(straight), sorted(path.relative_to(straight) for path in straight.rglob("*") if path.is_file())

    met, finished = [], 0
    while len(met) < KILLS or not ended:
        out = tmp_path / f"run-{finished}"
        ended = False
        process = subprocess.Popen(command(*kill_arguments(toy, text, out)), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE)
        when = next(moment)
        if len(met) < KILLS and when.wait(process, out):
            process.send_signal(signal.SIGKILL)
        _, err = process.communicate(timeout=120)
        starts, cut = recorded(out)
        if starts:
            expect_one_interval_lost(starts)
        if process.returncode == -signal.SIGKILL:
            met.append(when)
            if kept_step(out) >= 0 or not (out / "experts.safetensors").exists():
                continue   # else it was killed when all was done
        else:
            assert process.returncode == 0, (when, err.decode())
        ended = True
        finished += 1
        assert hashes(out) == wanted, met
        assert sorted(path.relative_to(out) for path in out.rglob("*") if path.is_file()) == kept, "and no more"
        assert cut == b"" and max(step for blocks in starts for step in steps(blocks)) == STEPS + RECOVERY
    print(f"{len(met)} kills, {finished} conversions finished:", *met, sep="\n  ")
    assert {type(when) for when in met} == {AtTime, WhileWriting}


@pytest.mark.parametrize("name", ["experts.safetensors", "metrics.json"])
def test_killed_while_the_result_is_written_it_ends_as_if_nothing_had_been(name, toy, text, tmp_path):
    """What is on disk is still the unfinished run's: read as such, and gone on with."""
    for attempt in range(10):   # the file is written in milliseconds: a kill may come when all is done
        out = tmp_path / f"out-{attempt}"
        process = subprocess.Popen(command(*kill_arguments(toy, text, out)), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        WhileWriting(name).wait(process, out)
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=60)
        if kept_step(out) >= 0:
            break
    assert kept_step(out) == STEPS + RECOVERY, "no kill came in time"
    again = dotmoe(*kill_arguments(toy, text, out))
    assert again.code == 0, again.err
    assert f"{STEPS + RECOVERY} steps were done" in again.err
    assert not list(out.rglob("*.partial")) and not (out / "checkpoint").exists()
