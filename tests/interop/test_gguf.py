"""GGUF files read by the core against the gguf package."""

import json

import gguf
import numpy as np
import pytest
from gguf import GGMLQuantizationType as Type
from gguf import quants

QUANTISED_BY_GGUF = [Type.F32, Type.F16, Type.BF16, Type.Q4_0, Type.Q4_1, Type.Q5_0, Type.Q5_1, Type.Q8_0]
# Byte offsets of the fp16 scales in a block of the types that the package only dequantises.
SCALES_OF_K = {Type.Q4_K: (0, 2), Type.Q5_K: (0, 2), Type.Q6_K: (208,)}


def random_blocks(kind: Type, rows: int, columns: int, seed: int) -> np.ndarray:
    """Any bits are a valid K block, as long as its fp16 scales are finite."""
    random = np.random.default_rng(seed)
    block_size, type_size = gguf.GGML_QUANT_SIZES[kind]
    blocks = random.integers(0, 256, (rows * columns // block_size, type_size), dtype=np.uint8)
    for offset in SCALES_OF_K[kind]:
        scales = random.normal(0, 0.05, len(blocks)).astype(np.float16)
        scales[0], scales[1] = 6e-8, -65504  # the smallest subnormal, the most negative
        blocks[:, offset : offset + 2] = scales.view(np.uint8).reshape(-1, 2)
    return blocks.reshape(rows, -1)


def write(path, tensors: dict, **metadata):
    """tensors: name -> (array as stored, type)."""
    writer = gguf.GGUFWriter(path, "llama")
    for name, (data, kind) in tensors.items():
        writer.add_tensor(name, data, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def read_back(probe, path, tmp_path) -> dict:
    """name -> (type, fp32 values) as the core sees them."""
    listed = json.loads(probe("tensors", path, tmp_path / "values").stdout)
    values = np.fromfile(tmp_path / "values", np.float32)
    tensors, start = {}, 0
    for tensor in listed:
        count = int(np.prod(tensor["shape"]))
        tensors[tensor["name"]] = (tensor["type"], values[start : start + count].reshape(tensor["shape"]))
        start += count
    assert start == len(values)
    return tensors


def assert_same_bits(ours: np.ndarray, theirs: np.ndarray):
    assert ours.shape == theirs.shape
    np.testing.assert_array_equal(ours.view(np.uint32), np.ascontiguousarray(theirs, np.float32).view(np.uint32))


@pytest.mark.parametrize("kind", QUANTISED_BY_GGUF + list(SCALES_OF_K), ids=lambda kind: kind.name)
def test_random_tensors_dequantise_bit_for_bit(probe, tmp_path, kind):
    if kind in SCALES_OF_K:
        stored = random_blocks(kind, 64, 512, seed=int(kind))
    else:
        values = np.random.default_rng(int(kind)).normal(0, 0.1, (64, 512)).astype(np.float32)
        values[0, :32], values[1, :32], values[2, :64] = 0, 7, 3e-6
        stored = quants.quantize(values, kind)
    write(tmp_path / "random.gguf", {"weights": (stored, kind)})
    name, ours = read_back(probe, tmp_path / "random.gguf", tmp_path)["weights"]
    assert name == kind.name
    assert_same_bits(ours, quants.dequantize(stored, kind))


def test_every_fp16_and_bf16_value(probe, tmp_path):
    bits = np.arange(1 << 16, dtype=np.uint16).reshape(256, 256)
    write(tmp_path / "all.gguf", {"half": (bits.view(np.float16), Type.F16), "brain": (bits.view(np.uint8), Type.BF16)})
    tensors = read_back(probe, tmp_path / "all.gguf", tmp_path)
    for name, kind in (("half", Type.F16), ("brain", Type.BF16)):
        ours, theirs = tensors[name][1], quants.dequantize(bits.view(np.uint8), kind).reshape(256, 256)
        number = ~np.isnan(theirs)
        np.testing.assert_array_equal(ours.view(np.uint32)[number], theirs.view(np.uint32)[number])
        assert np.isnan(ours[~number]).all()


def test_the_real_model(probe, model_path, tmp_path):
    ours = read_back(probe, model_path, tmp_path)
    theirs = gguf.GGUFReader(model_path).tensors
    assert list(ours) == [tensor.name for tensor in theirs] and len(theirs) == 272
    for tensor in theirs:
        assert ours[tensor.name][0] == tensor.tensor_type.name
        assert_same_bits(ours[tensor.name][1], quants.dequantize(tensor.data, tensor.tensor_type))


@pytest.mark.parametrize("kind", [Type.Q2_K, Type.Q3_K, Type.IQ4_XS, Type.I32, Type.MXFP4], ids=lambda kind: kind.name)
def test_other_types_are_refused_by_name(probe, tmp_path, kind):
    stored = np.zeros((2, gguf.GGML_QUANT_SIZES[kind][1] * 8), np.uint8)
    write(tmp_path / "other.gguf", {"blk.0.strange": (stored, kind)})
    done = probe("tensors", tmp_path / "other.gguf", tmp_path / "values", check=False)
    assert done.returncode == 1
    (line,) = done.stderr.decode().splitlines()
    assert "other.gguf" in line and "blk.0.strange" in line and kind.name in line


def contents(reader: gguf.GGUFReader) -> dict:
    return {key: field.contents() for key, field in reader.fields.items() if not key.startswith("GGUF.")}


def test_what_the_core_writes_the_package_reads(probe, model_path, tmp_path):
    """All metadata kinds of the real model, its tensors as F32; F16 and BF16 stay as they are."""
    probe("rewrite", model_path, tmp_path / "plain.gguf")
    source, written = gguf.GGUFReader(model_path), gguf.GGUFReader(tmp_path / "plain.gguf")
    assert contents(written) == contents(source)
    # llama.cpp checks the stored kinds of what it asks for: 32-bit integers, float32.
    for key, field in source.fields.items():
        assert key.startswith("GGUF.") or written.fields[key].types == field.types, key
    assert [tensor.name for tensor in written.tensors] == [tensor.name for tensor in source.tensors]
    for ours, theirs in zip(written.tensors, source.tensors, strict=True):
        assert ours.tensor_type == Type.F32
        assert_same_bits(ours.data, quants.dequantize(theirs.data, theirs.tensor_type))


def test_metadata_of_every_kind(probe, tmp_path):
    writer = gguf.GGUFWriter(tmp_path / "in.gguf", "llama")
    for name, value in {"uint8": 200, "int8": -100, "uint16": 60000, "int16": -30000, "uint32": 4_000_000_000, "int32": -5,
                        "float32": 0.25, "uint64": 1 << 63, "int64": -(1 << 40), "float64": 0.5, "bool": True}.items():  # fmt: skip
        getattr(writer, f"add_{name}")(f"test.{name}", value)
    writer.add_string("test.string", "grüße\n")
    for name, values in {"integers": [1, -2, 3], "reals": [0.5, -1.25], "flags": [True, False], "texts": ["", "ü"]}.items():
        writer.add_array(f"test.{name}", values)
    writer.add_key_value("test.wide", [1 << 40, -1], gguf.GGUFValueType.ARRAY, gguf.GGUFValueType.INT64)
    halves = np.arange(6, dtype=np.float16).reshape(2, 3)
    writer.add_tensor("half", halves)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    probe("rewrite", tmp_path / "in.gguf", tmp_path / "out.gguf")
    source, written = gguf.GGUFReader(tmp_path / "in.gguf"), gguf.GGUFReader(tmp_path / "out.gguf")
    assert contents(written) == contents(source)
    (tensor,) = written.tensors
    assert tensor.tensor_type == Type.F16
    np.testing.assert_array_equal(tensor.data, halves)
