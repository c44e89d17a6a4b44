"""`dotmoe convert --record`: the file, read by code that shares nothing with ours."""

import collections
import signal
import struct
import subprocess
import zlib

from conftest import command, conversion_arguments, dotmoe, wait_for

HEADER = struct.Struct("<IIIBBHiiq")
STARTED, CHECKPOINT, PLAN, SINKHORN, LOAD, ROUTING, STEP, LAYER = 1, 7, 8, 9, 10, 11, 12, 14
Block = collections.namedtuple("Block", "unpacked kind stage first_layer layers step data")


def whole_blocks(contents: bytes) -> tuple[list[Block], bytes]:
    """Up to the first one that was cut off, and what is left from there; every checksum is right."""
    line, _, rest = contents.partition(b"\n")
    assert line.startswith(b"DOT-MoE recording 1: ") and b"256 levels" in line
    found = []
    while len(rest) >= HEADER.size:
        stored, checksum, unpacked, kind, stage, reserved, first, layers, step = HEADER.unpack_from(rest)
        data = rest[HEADER.size:HEADER.size + stored]
        if len(data) < stored:
            break
        assert reserved == 0
        assert zlib.crc32(data, zlib.crc32(rest[8:HEADER.size])) == checksum
        assert data[:4] == b"\x28\xb5\x2f\xfd", "a zstd frame"
        found.append(Block(unpacked, kind, stage, first, layers, step, data))
        rest = rest[HEADER.size + stored:]
    return found, rest


def blocks(path) -> list[Block]:
    """All blocks of a recording; nothing is left over."""
    found, rest = whole_blocks(path.read_bytes())
    assert rest == b""
    return found


def test_a_conversion_is_recorded_whole(toy, text, conversion, tmp_path):
    path = tmp_path / "new" / "run.moerec"
    result = dotmoe(*conversion_arguments(toy, text, tmp_path / "out"), "--record", path)
    assert result.code == 0, result.err
    assert "recording" not in result.err
    recorded = blocks(path)
    assert recorded[0].kind == STARTED
    of = lambda kind: [block for block in recorded if block.kind == kind]
    assert [block.step for block in of(STEP)] == list(range(1, 21))
    layers = len(conversion.result.json["layers"])
    assert {block.first_layer for block in of(PLAN)} == set(range(layers))
    assert len(of(PLAN)) == len(of(SINKHORN))
    assert [block.layers for block in of(LOAD) if block.stage == 1] == [layers] * 20
    assert of(ROUTING) and of(LAYER)
    assert len(of(CHECKPOINT)) == 1 + 20 // 5 + 1   # the ends of both phases too
    plans = [block for block in of(PLAN) if block.stage == 0 and block.first_layer == 0]
    assert [block.step for block in plans] == list(range(1, len(plans) + 1))
    # The experts are those of a run that nobody recorded.
    unrecorded = (conversion.folder / "experts.safetensors").read_bytes()
    assert (tmp_path / "out" / "experts.safetensors").read_bytes() == unrecorded


def test_an_interrupted_run_leaves_whole_blocks_and_goes_on(toy, text, tmp_path):
    out, path = tmp_path / "out", tmp_path / "run.moerec"
    arguments = [*conversion_arguments(toy, text, out), "--record", path]
    process = subprocess.Popen(command(*arguments), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for((out / "checkpoint" / "state.safetensors").exists, process)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=120) == 130
    first = blocks(path)
    result = dotmoe(*arguments, "--resume")
    assert result.code == 0, result.err
    both = blocks(path)
    assert both[:len(first)] == first
    assert both[len(first)].kind == STARTED
    assert both[-1].kind != STARTED and max(block.step for block in both if block.kind == STEP) == 20


def test_a_file_that_is_no_recording_is_left_alone(toy, text, tmp_path):
    mine = tmp_path / "mine.gguf"
    mine.write_bytes(toy.read_bytes())
    dotmoe(*conversion_arguments(toy, text, tmp_path / "out"), "--record", mine).assert_error(1, str(mine), "no recording")
    assert mine.read_bytes() == toy.read_bytes()
    assert not (tmp_path / "out").exists()
