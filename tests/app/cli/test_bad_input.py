"""Bad input as users meet it: the exit code, one line that names the thing, nothing half written."""

import contextlib
import os
import pathlib
import shutil
import struct
import subprocess

import gguf
import numpy as np
import pytest

from conftest import command, conversion_arguments, dotmoe

HEADER = struct.Struct("<4sIQQ")


def convert(model, text, out, *flags):
    return dotmoe("convert", model, "--text", text, "--out", out, "--recipe", "toy", "--threads", 1, *flags)


def files_under(folder: pathlib.Path) -> list[pathlib.Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def write_encoder(path: pathlib.Path) -> None:
    writer = gguf.GGUFWriter(path, "bert")
    writer.add_block_count(1)
    writer.add_embedding_length(8)
    writer.add_feed_forward_length(32)
    writer.add_head_count(2)
    writer.add_context_length(64)
    writer.add_tensor("token_embd.weight", np.ones((10, 8), np.float32))
    writer.add_tensor("blk.0.ffn_up.weight", np.ones((32, 8), np.float32))
    writer.add_tensor("blk.0.ffn_down.weight", np.ones((8, 32), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@pytest.mark.parametrize("place", range(20))
def test_truncated(place, toy, tmp_path):
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(toy.read_bytes()[: toy.stat().st_size * place // 20])
    dotmoe("inspect", broken).assert_error(1, "broken.gguf")


def test_convert_of_a_truncated_model_writes_nothing(toy, text, tmp_path):
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(toy.read_bytes()[:-1000])
    convert(broken, text, tmp_path / "out").assert_error(1, "broken.gguf")
    assert files_under(tmp_path) == [broken]


@pytest.mark.parametrize(
    "content, word",
    [
        (HEADER.pack(b"GGUF", 3, 2**60, 0), "tensor"),
        (HEADER.pack(b"GGUF", 3, 0, 2**60), "metadata"),
        (HEADER.pack(b"GGUF", 99, 0, 0), "99"),
        (b"PK\x03\x04" + bytes(60), "GGUF"),
        (b"", ""),
    ],
    ids=["2^60 tensors", "2^60 metadata keys", "version 99", "wrong magic", "empty file"],
)
def test_lying_headers(content, word, tmp_path):
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(content)
    dotmoe("inspect", broken).assert_error(1, "broken.gguf", word)


def test_a_name_with_line_breaks_stays_one_line(tmp_path):
    dotmoe("inspect", tmp_path / "two\nlines\x1b[2J.gguf").assert_error(1, "two lines")


def test_an_encoder_is_shown_and_not_converted(text, tmp_path):
    encoder = tmp_path / "encoder.gguf"
    write_encoder(encoder)
    shown = dotmoe("inspect", encoder, "--json").json
    assert shown["convertible"] is False
    assert "bert" in shown["refusal"] and shown["neurons"] == 32
    for result in (dotmoe("plan", encoder), convert(encoder, text, tmp_path / "out")):
        result.assert_error(1, "encoder.gguf", "bert")
    assert files_under(tmp_path) == [encoder]


def test_nan_weights(toy, text, tmp_path):
    broken = tmp_path / "nan.gguf"
    shutil.copy(toy, broken)
    broken.chmod(0o644)
    reader = gguf.GGUFReader(broken, "r+")
    tensor = next(tensor for tensor in reader.tensors if tensor.name == "blk.1.ffn_up.weight")
    tensor.data.reshape(-1).view(np.uint8)[:2] = 0xFF   # the low half of an F32 NaN needs its high half too
    tensor.data.reshape(-1).view(np.uint8)[2:4] = 0xFF
    reader.data.flush()
    convert(broken, text, tmp_path / "out").assert_error(1, "nan.gguf", "blk.1.ffn_up.weight")
    assert files_under(tmp_path) == [broken]


@pytest.mark.parametrize("command", ["plan", "convert"])
def test_experts_that_do_not_divide(command, toy, text, tmp_path):
    flags = ["--text", text, "--out", tmp_path / "out"] if command == "convert" else []
    dotmoe(command, toy, *flags, "--recipe", "toy", "--experts", 15).assert_error(2, "15")
    assert files_under(tmp_path) == []


def test_more_active_experts_than_there_are(toy, text, tmp_path):
    convert(toy, text, tmp_path / "out", "--active", 17).assert_error(2, "17")


def test_empty_text(toy, tmp_path):
    empty = tmp_path / "empty.txt"
    empty.touch()
    convert(toy, empty, tmp_path / "out").assert_error(1, "empty.txt")
    assert files_under(tmp_path) == [empty]


def test_too_little_text(toy, tmp_path):
    short = tmp_path / "short.txt"
    short.write_text("One sentence is not enough.")
    convert(toy, short, tmp_path / "out").assert_error(1, "short.txt")


def test_missing_text(toy, tmp_path):
    convert(toy, tmp_path / "nowhere.txt", tmp_path / "out").assert_error(1, "nowhere.txt")


def test_missing_model(text, tmp_path):
    convert(tmp_path / "nowhere.gguf", text, tmp_path / "out").assert_error(1, "nowhere.gguf")


def test_a_folder_where_a_model_is_expected(text, tmp_path):
    dotmoe("inspect", tmp_path).assert_error(1, str(tmp_path))
    dotmoe("generate", tmp_path, "--prompt", "a").assert_error(1, str(tmp_path))


@pytest.mark.parametrize("below", ["", "deeper"])
def test_a_file_in_the_way_of_the_output(below, toy, text, tmp_path):
    (tmp_path / "out").write_text("in the way")
    convert(toy, text, tmp_path / "out" / below).assert_error(1, "out")
    assert (tmp_path / "out").read_text() == "in the way"


def test_broken_recipe_names_file_and_line(toy, tmp_path):
    recipe = tmp_path / "mine.toml"
    recipe.write_text("seed = 1\n[layout\n")
    dotmoe("plan", toy, "--recipe", recipe).assert_error(2, "mine.toml", "2")
    recipe.write_text("[layout]\nexperst = 4\n")
    dotmoe("plan", toy, "--recipe", recipe).assert_error(2, "mine.toml", "experst")
    dotmoe("plan", toy, "--recipe", tmp_path / "nowhere.toml").assert_error(1, "nowhere.toml")


@pytest.fixture
def small_disk(tmp_path):
    """A tmpfs of 300 kB: far less than a checkpoint of the toy."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", disk], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip(f"a small tmpfs cannot be mounted here: {mounted.stderr.decode().strip()}")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_full_disk_keeps_the_old_conversion(toy, text, conversion, small_disk):
    out = small_disk / "out"
    shutil.copytree(conversion.folder, out)
    before = {path: path.read_bytes() for path in files_under(out)}
    filler = os.open(small_disk / "filler", os.O_WRONLY | os.O_CREAT)
    with contextlib.suppress(OSError):
        while os.write(filler, bytes(4096)):
            pass
    os.close(filler)
    result = dotmoe(*conversion_arguments(toy, text, out))
    result.assert_error(1, str(out), "No space left")
    assert {path: path.read_bytes() for path in files_under(out)} == before


def test_output_that_cannot_be_written_is_an_error(toy):
    with open("/dev/full", "w") as full:
        done = subprocess.run(command("inspect", toy), stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 1 and done.stderr.decode().startswith("dotmoe: ")
