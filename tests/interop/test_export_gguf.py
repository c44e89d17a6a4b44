"""GGUF exports read back by the gguf package, and run by llama.cpp where DOTMOE_LLAMA_PYTHON names a Python that has it.

The reference is the masked dense model of the core (forced_forward), as for the Hugging Face exports.
"""

import json
import os
import pathlib
import subprocess

import gguf
import numpy as np
import pytest
import torch
from gguf import GGMLQuantizationType as Type
from gguf import quants
from safetensors.numpy import load_file, save_file
from test_export import TEXT
from tiny_models import make_tokenizer, save_family, save_tokenizer
from transformers import LlamaConfig, LlamaForCausalLM

NUMBERS = {"f32": Type.F32, "f16": Type.F16, "bf16": Type.BF16, "q8_0": Type.Q8_0}
FULL_PRECISION = ("_norm.weight", "ffn_gate_inp.weight", "exp_probs_b.bias")
# Half a step of each format, relative to the largest value of a row (of a block, where it has blocks).
HALF_STEP = {Type.F32: 0, Type.F16: 2**-11, Type.BF16: 2**-8, Type.Q8_0: 0.57 / 127}  # of Q8_0 and its scale in fp16


class Exported:
    def __init__(self, probe, model, folder, architecture, experts, active, shared, numbers="f32"):
        self.probe, self.project, self.path = probe, folder / "project", folder / "export.gguf"
        probe("random_project", model, self.project, experts, active, shared, 1)
        arguments = ("gguf", architecture, "exact", numbers, 0)
        self.result = json.loads(probe("export", self.project, self.path, *arguments).stdout)
        self.reader = gguf.GGUFReader(self.path)
        self.tensors = {tensor.name: tensor for tensor in self.reader.tensors}

    def field(self, name):
        return self.reader.fields[name].contents()

    def values(self, name):
        tensor = self.tensors[name]
        shape = [int(n) for n in reversed(tensor.shape)]
        return quants.dequantize(tensor.data, tensor.tensor_type).reshape(shape).astype(np.float32)


class Source:
    """The dense GGUF through the gguf package, and the conversion's owners and routers."""

    def __init__(self, model, project):
        self.reader = gguf.GGUFReader(model)
        self.tensors = {tensor.name: tensor for tensor in self.reader.tensors}
        self.conversion = load_file(project / "experts.safetensors")

    def values(self, name):
        tensor = self.tensors[name]
        shape = [int(n) for n in reversed(tensor.shape)]
        return quants.dequantize(tensor.data, tensor.tensor_type).reshape(shape).astype(np.float32)

    def neurons(self, layer, column):
        return np.flatnonzero(self.conversion[f"layers.{layer}.owner"] == column)

    def router(self, layer):
        return self.conversion[f"layers.{layer}.router"].T


def half_split(rows, head_width):
    """llama.cpp's order of q and k rows in architecture llama, undone: row 2i+j of a head was row j*w/2+i."""
    return rows.reshape(-1, head_width // 2, 2, rows.shape[1]).swapaxes(1, 2).reshape(rows.shape)


def assert_near(ours, theirs, kind):
    """Within half a step of the number format."""
    scale = np.abs(theirs).max(axis=-1, keepdims=True)
    assert ours.shape == theirs.shape
    assert (np.abs(ours - theirs) <= HALF_STEP[kind] * scale + 1e-30).all()


def check_file(exported, source, architecture, experts, active, shared, kind):
    fields = source.reader.fields
    of_source = {key[6:]: field.contents() for key, field in fields.items() if key.startswith("llama.")}
    of_export = {key[len(architecture) + 1 :]: field.contents() for key, field in exported.reader.fields.items()
                 if key.startswith(architecture + ".")}  # fmt: skip
    layers, neurons = int(of_source["block_count"]), int(of_source["feed_forward_length"])
    capacity = (neurons - shared) // experts
    for key in ("block_count", "context_length", "embedding_length", "attention.head_count", "attention.head_count_kv",
                "attention.layer_norm_rms_epsilon", "rope.freq_base"):  # fmt: skip
        assert of_export[key] == of_source[key], key
    head_width = of_export["attention.key_length"]
    assert of_export["rope.dimension_count"] == head_width == of_export["attention.value_length"]
    assert (of_export["expert_count"], of_export["expert_used_count"]) == (experts, active)
    for key in fields:
        if key.startswith("tokenizer."):
            assert exported.field(key) == fields[key].contents(), key
    assert exported.field("general.architecture") == architecture
    assert exported.field("general.name") == fields["general.name"].contents()

    glm = architecture == "glm4moe"
    always_on = max(1, -(-shared // capacity)) * capacity if glm else shared  # zeros fill up the last
    if glm:
        assert of_export["expert_gating_func"] == 3 and of_export["expert_weights_norm"] is True
        assert of_export["expert_weights_scale"] == active and of_export["leading_dense_block_count"] == 0
        assert of_export["expert_feed_forward_length"] == capacity
        assert of_export["expert_shared_count"] == always_on // capacity
    else:
        assert of_export["feed_forward_length"] == capacity
    if architecture == "granitemoe":
        assert of_export["logit_scale"] == 1 and of_export["expert_shared_feed_forward_length"] == shared

    for name, tensor in exported.tensors.items():
        row = int(tensor.shape[0])
        fallback = Type.F16 if kind == Type.Q8_0 and row % 32 else kind
        assert tensor.tensor_type == (Type.F32 if name.endswith(FULL_PRECISION) else fallback), name

    expected = {"token_embd.weight", "output_norm.weight"} | ({"output.weight"} & source.tensors.keys())
    for name in expected:
        assert_near(exported.values(name), source.values(name), exported.tensors[name].tensor_type)
    factor = 1 if glm else active
    for layer in range(layers):
        blk = f"blk.{layer}."

        def same(name, values):
            expected.add(blk + name)
            assert_near(exported.values(blk + name), values, exported.tensors[blk + name].tensor_type)

        for name in ("attn_norm", "attn_v", "attn_output"):
            same(name + ".weight", source.values(f"{blk}{name}.weight"))
        for name in ("attn_q", "attn_k"):
            values = source.values(f"{blk}{name}.weight")
            same(name + ".weight", half_split(values, head_width) if glm else values)
        same("post_attention_norm.weight" if glm else "ffn_norm.weight", source.values(blk + "ffn_norm.weight"))
        gate, up, down = (source.values(f"{blk}ffn_{part}.weight") for part in ("gate", "up", "down"))
        owners = [source.neurons(layer, column) for column in range(experts + bool(shared))]
        if always_on:
            g = owners.pop(0) if shared else np.zeros(0, int)
            fill = ((0, always_on - len(g)), (0, 0))
            same("ffn_gate_shexp.weight", np.pad(gate[g], fill))
            same("ffn_up_shexp.weight", np.pad(up[g], fill))
            same("ffn_down_shexp.weight", np.pad(down[:, g], fill[::-1]))
        same("ffn_gate_exps.weight", np.stack([gate[g] for g in owners]))
        same("ffn_up_exps.weight", np.stack([up[g] for g in owners]))
        same("ffn_down_exps.weight", np.stack([factor * down[:, g] for g in owners]))
        router = exported.values(blk + "ffn_gate_inp.weight")
        expected.add(blk + "ffn_gate_inp.weight")
        power = np.log2(np.abs(router).max() / np.abs(source.router(layer)).max())
        assert power == pytest.approx(round(power), abs=1e-5) and (round(power) == -40 if glm else -16 <= power <= -9)
        np.testing.assert_allclose(router, source.router(layer) * 2.0 ** round(power), rtol=1e-6)
        if glm:
            same("exp_probs_b.bias", np.zeros(experts))
    assert exported.tensors.keys() == expected


CASES = [
    ("glm4moe", 14, 3, 2), ("glm4moe", 16, 4, 0), ("glm4moe", 5, 2, 1), ("llama", 16, 4, 0), ("granitemoe", 12, 4, 4), ("granitemoe", 13, 3, 3),
]  # fmt: skip


@pytest.fixture(params=CASES, ids=lambda case: "-".join(map(str, case)))
def case(request):
    return request.param


@pytest.mark.parametrize("numbers", NUMBERS)
def test_toys(probe, toy_path, tmp_path, case, numbers):
    architecture, experts, active, sixteenths = case
    neurons = int(gguf.GGUFReader(toy_path).fields["llama.feed_forward_length"].contents())
    shared = sixteenths * neurons // 16
    exported = Exported(probe, toy_path, tmp_path, architecture, experts, active, shared, numbers)
    check_file(exported, Source(toy_path, exported.project), architecture, experts, active, shared, NUMBERS[numbers])
    receipt = json.loads(probe("verify", exported.path, exported.project).stdout)
    assert receipt["passed"], receipt["verdict"]


# RoPE scaling and SentencePiece: (family, shared, the best architecture that holds it)
@pytest.mark.parametrize("family, shared, architecture", [
    ("llama3", 0, "llama"), ("llama3", 16, "granitemoe"), ("llama-linear", 0, "glm4moe"), ("llama2", 16, "glm4moe"),
])  # fmt: skip
def test_families(probe, tmp_path, family, shared, architecture):
    """What llama.cpp reads turns with the source's frequencies and splits a text into the source's tokens."""
    model, tokenizer = save_family(family, tmp_path / "model")
    exported = Exported(probe, tmp_path / "model", tmp_path, "best", 5 if shared else 6, 2, shared)
    assert exported.result["architecture"] == architecture
    receipt = json.loads(probe("verify", exported.path, exported.project).stdout)
    assert receipt["passed"], receipt["verdict"]

    width, key = exported.field(f"{architecture}.attention.key_length"), f"{architecture}.rope."
    frequencies = exported.field(key + "freq_base") ** (-np.arange(0, width, 2) / width)
    if f"{key}scaling.type" in exported.reader.fields:
        assert exported.field(f"{key}scaling.type") == "linear"
        frequencies /= exported.field(f"{key}scaling.factor")
    if "rope_freqs.weight" in exported.tensors:
        assert exported.tensors["rope_freqs.weight"].tensor_type == Type.F32
        frequencies /= exported.values("rope_freqs.weight")
    np.testing.assert_allclose(frequencies, model.model.rotary_emb.inv_freq.numpy(), rtol=1e-6)

    assert exported.field("tokenizer.ggml.tokens")[:600] == sorted(tokenizer.get_vocab(), key=tokenizer.token_to_id)
    assert exported.field("tokenizer.ggml.model") == ("llama" if family == "llama2" else "gpt2")


def test_the_real_model_in_q8_0(probe, model_path, tmp_path):
    exported = Exported(probe, model_path, tmp_path, "glm4moe", 84, 12, 192, "q8_0")
    assert "rows of 16" in exported.result["note"]
    check_file(exported, Source(model_path, exported.project), "glm4moe", 84, 12, 192, Type.Q8_0)


def test_q8_0_is_what_the_package_makes(probe, toy_path, tmp_path):
    """Bit for bit, on every matrix that is copied whole."""
    plain = Exported(probe, toy_path, tmp_path / "plain", "glm4moe", 16, 4, 0)
    small = Exported(probe, toy_path, tmp_path / "small", "glm4moe", 16, 4, 0, "q8_0")
    compared = 0
    for name, tensor in small.tensors.items():
        if tensor.tensor_type != Type.Q8_0:
            continue
        np.testing.assert_array_equal(tensor.data, quants.quantize(plain.values(name), Type.Q8_0).reshape(tensor.data.shape))
        compared += 1
    assert compared > 10


@pytest.fixture(scope="module")
def wide(probe, tmp_path_factory):
    """A model whose rows divide into blocks of 256 (but for those of its experts' down projections), exported in Q4_K and F32."""
    folder = tmp_path_factory.mktemp("wide")
    torch.manual_seed(3)
    config = LlamaConfig(vocab_size=600, hidden_size=256, intermediate_size=512, num_hidden_layers=2, num_attention_heads=4,
                         num_key_value_heads=2, max_position_embeddings=128, tie_word_embeddings=False)  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder / "model")
    save_tokenizer(folder / "model", make_tokenizer("gpt-2"))
    arguments = (probe, folder / "model")
    return (Exported(*arguments, folder / "small", "glm4moe", 6, 2, 128, "q4_k"), Exported(*arguments, folder / "plain", "glm4moe", 6, 2, 128))


def test_q4_k_where_rows_divide(probe, wide):
    small, plain = wide
    kinds = {}
    for name, tensor in small.tensors.items():
        row = int(tensor.shape[0])
        expected = Type.Q4_K if row % 256 == 0 else Type.Q8_0 if row % 32 == 0 else Type.F16
        assert tensor.tensor_type == (Type.F32 if name.endswith(FULL_PRECISION) else expected), name
        ours, exact = small.values(name), plain.values(name)
        error = np.sqrt(((ours - exact) ** 2).mean() / max((exact**2).mean(), 1e-30))
        assert error < {Type.Q4_K: 0.08, Type.Q8_0: 0.006, Type.F16: 4e-4, Type.F32: 0}[tensor.tensor_type] + 1e-12, (name, error)
        kinds[tensor.tensor_type] = kinds.get(tensor.tensor_type, 0) + 1
    assert kinds[Type.Q4_K] >= 10 and kinds[Type.Q8_0] == 4, kinds  # down_shexp and down_exps: rows of 128 and 64
    assert "rows of 64" in small.result["note"] or "rows of 128" in small.result["note"]
    receipt = json.loads(probe("verify", small.path, small.project).stdout)
    assert receipt["passed"], receipt["verdict"]


def test_llama_cpp_reads_q4_k(llama_cpp, wide, tmp_path):
    small, plain = wide
    tokens = np.arange(3, 67)
    ours, exact = (llama_cpp(export.path, tokens, tmp_path) for export in wide)
    assert 0 < divergence(exact, ours) < 0.05


LLAMA = r"""
import sys
import numpy as np
import llama_cpp
from llama_cpp import llama_cpp as low

path, tokens_file, out = sys.argv[1:]
tokens = [int(token) for token in np.load(tokens_file)]
low.llama_backend_init()
parameters = low.llama_model_default_params()
parameters.use_extra_bufts = False
parameters.n_gpu_layers = 0
model = low.llama_model_load_from_file(path.encode(), parameters)
assert model, "llama.cpp cannot load it"
settings = low.llama_context_default_params()
settings.n_ctx = settings.n_batch = settings.n_ubatch = len(tokens)
settings.type_k = settings.type_v = low.GGML_TYPE_F32
settings.flash_attn_type = 0  # it computes in F16
settings.n_threads = settings.n_threads_batch = 2
context = low.llama_init_from_model(model, settings)
batch = low.llama_batch_init(len(tokens), 0, 1)
batch.n_tokens = len(tokens)
for i, token in enumerate(tokens):
    batch.token[i], batch.pos[i], batch.n_seq_id[i], batch.logits[i] = token, i, 1, 1
    batch.seq_id[i][0] = 0
assert low.llama_decode(context, batch) == 0
words = low.llama_vocab_n_tokens(low.llama_model_get_vocab(model))
logits = np.stack([np.ctypeslib.as_array(low.llama_get_logits_ith(context, i), (words,)).copy() for i in range(len(tokens))])
np.save(out, logits)
"""


@pytest.fixture(scope="session")
def llama_cpp():
    """Logits of a GGUF by llama.cpp, in an interpreter of its own."""
    python = os.environ.get("DOTMOE_LLAMA_PYTHON", "")
    if not python:
        pytest.skip("llama-cpp-python is not installed: DOTMOE_LLAMA_PYTHON names no Python that has it")

    def logits(path, tokens, folder):
        np.save(folder / "tokens.npy", np.asarray(tokens))
        command = [python, "-c", LLAMA, str(path), str(folder / "tokens.npy"), str(folder / "logits.npy")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stderr[-2000:]
        return torch.from_numpy(np.load(folder / "logits.npy"))

    return logits


def divergence(reference, other):
    """Mean KL(reference || other) over the tokens."""
    p, q = reference.double().log_softmax(-1), other.double().log_softmax(-1)
    return (p.exp() * (p - q)).sum(-1).mean().item()


# In the mean over the tokens, and in the median token; of the approximate class one near-tie that turns costs a few tokens.
KL = {"exact": 1e-6, "approximate": 0.15}
MEDIAN_DIFFERENCE = {"exact": 5e-3, "approximate": 0.25}


@pytest.mark.parametrize("architecture, experts, active, shared", [
    ("glm4moe", 84, 12, 192), ("glm4moe", 12, 3, 0), ("granitemoe", 84, 12, 192), ("llama", 12, 3, 0)])  # fmt: skip
def test_llama_cpp_computes_the_conversion(
    probe, llama_cpp, model_path, model_tokenizer, tmp_path, architecture, experts, active, shared
):
    exported = Exported(probe, model_path, tmp_path, architecture, experts, active, shared)
    tokens = np.asarray(model_tokenizer.encode(TEXT, add_special_tokens=False).ids[:64])
    theirs = llama_cpp(exported.path, tokens, tmp_path)
    save_file({"tokens": tokens}, tmp_path / "run.safetensors")
    probe("own_forward", exported.project, tmp_path / "run.safetensors", tmp_path / "own.safetensors")
    ours = torch.from_numpy(load_file(tmp_path / "own.safetensors")["converted"])
    differences = (ours - theirs).abs().amax(-1)
    figures = {"kl": divergence(ours, theirs), "largest": differences.max().item(), "median": differences.median().item()}
    print(architecture, experts, figures)
    assert theirs.isfinite().all()
    assert figures["kl"] <= KL[exported.result["equivalence"]]
    assert figures["median"] <= MEDIAN_DIFFERENCE[exported.result["equivalence"]]
