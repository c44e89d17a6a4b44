"""Safetensors files between the core and the safetensors package, both ways."""

import os
import subprocess

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

DTYPES = [torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.uint8, torch.float64]


def sample() -> dict:
    torch.manual_seed(3)
    tensors = {f"layer.{i}.{str(dtype)[6:]}": (torch.randn(5, 3 + i) * 50).to(dtype) for i, dtype in enumerate(DTYPES)}
    tensors["scalar"] = torch.tensor(2.5)
    tensors["nothing"] = torch.empty(0, 4)
    tensors['quote " and ü'] = torch.arange(7, dtype=torch.int64)
    return tensors


def test_what_the_core_rewrites_is_the_same(probe, tmp_path):
    tensors, metadata = sample(), {"format": "pt", "note": 'a "quoted" ü'}
    save_file(tensors, tmp_path / "in.safetensors", metadata)
    probe("rewrite", tmp_path / "in.safetensors", tmp_path / "out.safetensors")
    with safe_open(tmp_path / "out.safetensors", "pt") as file:
        assert file.metadata() == metadata
        assert set(file.keys()) == set(tensors)
        for name, tensor in tensors.items():
            ours = file.get_tensor(name)
            assert ours.dtype == tensor.dtype and ours.shape == tensor.shape
            assert torch.equal(ours, tensor)


def test_data_is_aligned(probe, tmp_path):
    save_file({"x": torch.ones(3)}, tmp_path / "in.safetensors")
    probe("rewrite", tmp_path / "in.safetensors", tmp_path / "out.safetensors")
    length = int(np.frombuffer((tmp_path / "out.safetensors").read_bytes()[:8], np.uint64)[0])
    assert length % 8 == 0


def test_unsupported_dtype_is_named(probe, tmp_path):
    save_file({"flags": torch.ones(3, dtype=torch.bool)}, tmp_path / "in.safetensors")
    done = probe("rewrite", tmp_path / "in.safetensors", tmp_path / "out.safetensors", check=False)
    assert done.returncode == 1
    (line,) = done.stderr.decode().splitlines()
    assert "in.safetensors" in line and "flags" in line and "BOOL" in line


@pytest.mark.parametrize("kept", [0, 4, 8, 20, 100, -1])
def test_the_core_refuses_what_the_package_refuses(probe, tmp_path, kept):
    save_file(sample(), tmp_path / "in.safetensors")
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes((tmp_path / "in.safetensors").read_bytes()[:kept])
    with pytest.raises(Exception):
        with safe_open(cut, "pt"):
            pass
    done = probe("rewrite", cut, tmp_path / "out.safetensors", check=False)
    assert done.returncode == 1 and b"cut.safetensors" in done.stderr


def test_a_full_disk_is_said_and_leaves_nothing(probe, tmp_path):
    """On a real file system without room: a tmpfs of 64 KiB in a mount namespace of its own."""
    room = tmp_path / "room"
    room.mkdir()
    save_file({"big": torch.ones(100_000)}, tmp_path / "in.safetensors")
    inside = f"""
        mount -t tmpfs -o size=64k none {room} || exit 77
        {os.environ["DOTMOE_BIN"]}/dotmoe_probe rewrite {tmp_path}/in.safetensors {room}/out.safetensors
        status=$?; ls -A {room}; exit $status"""
    done = subprocess.run(["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", inside], capture_output=True, text=True)
    if done.returncode not in (0, 1) or "unshare" in done.stderr:
        pytest.skip(f"no mount namespace can be made here: {done.stderr.strip()}")
    assert done.returncode == 1
    assert done.stderr == f"error: {room}/out.safetensors: writing failed: No space left on device\n"
    assert done.stdout == ""
