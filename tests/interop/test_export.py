"""Exports loaded and run by transformers, against transformers' own reading of the dense GGUF and against the core."""

import json
import os
import pathlib
import shutil

import gguf
import pytest
import torch
from safetensors.torch import load_file, save_file
from test_tokenizer import TEXTS, from_transformers, has_number  # noqa: F401 (one is a fixture)
from tiny_models import save_family
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

# As core/export/receipt.cpp: largest logit difference on the same routes, least share of the same choices.
FORCED = {"exact": 5e-3, "approximate": 0.25}
SAME_CHOICES = {"exact": 0.998, "approximate": 0.96}

TEXT = """The whale, the largest animal that has ever lived, feeds on krill: up to 3,600 kg of it a day. In spring it \
follows the melting ice; in autumn it returns to warmer seas, where its calves are born.

def mean(values):
    \"\"\"Arithmetic mean; raises ZeroDivisionError when there are no values.\"\"\"
    return sum(values) / len(values)

Question: why is the sky blue? Answer: because air scatters short waves more than long ones, as the fourth power of the \
frequency. Der Himmel ist blau, weil die Luft kurze Wellen stärker streut als lange.
"""


class Exported:
    """A conversion with random experts, exported by the probe and loaded by transformers."""

    def __init__(self, probe, model: pathlib.Path, folder: pathlib.Path, experts, active, shared, routers="exact",
                 architecture="best", numbers="f32", shard=2_000_000_000, seed=1):
        self.probe, self.project, self.folder = probe, folder / "project", folder / "export"
        self.experts, self.active = experts, active
        probe("random_project", model, self.project, experts, active, shared, seed)
        written = probe("export", self.project, self.folder, "huggingface", architecture, routers, numbers, shard)
        self.result = json.loads(written.stdout)

    def load(self):
        model, info = AutoModelForCausalLM.from_pretrained(self.folder, dtype=torch.float32, output_loading_info=True)
        assert all(not found for found in info.values()), info
        assert type(model).__name__ == self.result["architecture"]
        return model.eval()

    def gates(self, model):
        """The linear layer of every router, and the module that holds its top-k."""
        for layer in model.model.layers:
            moe = layer.block_sparse_moe if hasattr(layer, "block_sparse_moe") else layer.mlp
            if hasattr(moe.gate if hasattr(moe, "gate") else moe, "e_score_correction_bias"):
                yield moe.gate, moe.gate
                continue
            yield (moe.router.layer, moe.router) if hasattr(moe, "router") else (moe.gate, moe)

    def run(self, model, tokens):
        """Logits, and the experts that the architecture picked [L, T, E]."""
        chosen, hooks = [], []

        def record(_module, _inputs, output):
            if isinstance(output, tuple):  # Glm4Moe's router: the experts and their weights
                best = output[0]
            else:
                logits = output.reshape(-1, self.experts).float()
                softmax_first = self.result["architecture"] in ("MixtralForCausalLM", "Qwen2MoeForCausalLM", "Qwen3MoeForCausalLM")
                best = (logits.softmax(-1) if softmax_first else logits).topk(self.active).indices
            chosen.append(torch.zeros(len(best), self.experts).scatter(-1, best, 1).to(torch.uint8))

        for gate, _ in self.gates(model):
            hooks.append(gate.register_forward_hook(record))
        values = logits_of(model, tokens)
        for hook in hooks:
            hook.remove()
        return values, torch.stack(chosen)

    def forced(self, tokens, chosen, folder) -> dict:
        """The core's dense logits, its conversion's on the same routes, and what its routers would have chosen."""
        save_file({"tokens": tokens, "chosen": chosen}, folder / "run.safetensors")
        self.probe("forced_forward", self.project, folder / "run.safetensors", folder / "forced.safetensors")
        return load_file(folder / "forced.safetensors")

    def turn_all_on(self, model):
        """k = E, in place. The file's down projections are k times the source's for weights of 1/k; now weights are 1/E."""
        for layer, (_, top_k) in zip(model.model.layers, self.gates(model), strict=True):
            top_k.top_k = self.experts
            if hasattr(top_k, "routed_scaling_factor"):
                top_k.routed_scaling_factor = self.experts
                continue
            moe = layer.block_sparse_moe if hasattr(layer, "block_sparse_moe") else layer.mlp
            downs = [moe.output_linear] if hasattr(moe, "output_linear") else [
                getattr(expert, "w2", None) or expert.down_proj for expert in moe.experts]
            for down in downs:
                down.weight.data *= self.experts / self.active


def logits_of(model, tokens):
    with torch.no_grad():
        return model(tokens[None]).logits[0].float()


def difference(a, b) -> float:
    return (a - b).abs().max().item()


def permute_neurons(dense):
    """The same function, summed in another order."""
    for layer in dense.model.layers:
        order = torch.randperm(layer.mlp.gate_proj.weight.shape[0], generator=torch.Generator().manual_seed(5))
        layer.mlp.gate_proj.weight.data = layer.mlp.gate_proj.weight.data[order]
        layer.mlp.up_proj.weight.data = layer.mlp.up_proj.weight.data[order]
        layer.mlp.down_proj.weight.data = layer.mlp.down_proj.weight.data[:, order]


class Dense:
    """The source as transformers reads it: tokens of TEXT, their logits, and fp32's noise on them."""

    def __init__(self, model, tokens: list, least_noise: float = 0):
        self.tokens = torch.tensor(tokens)
        self.logits = logits_of(model, self.tokens)
        permute_neurons(model)
        self.noise = max(difference(logits_of(model, self.tokens), self.logits), least_noise)


def dense_of_gguf(path: pathlib.Path, longest: int) -> Dense:
    tokenizer = AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
    model = AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32).eval()
    return Dense(model, tokenizer.encode(TEXT, add_special_tokens=False)[:longest])


def check(exported: Exported, dense: Dense, folder: pathlib.Path):
    """The self-check of FORMATS.md with transformers as the runtime."""
    kind = exported.result["equivalence"]
    model = exported.load()
    logits, chosen = exported.run(model, dense.tokens)
    assert logits.isfinite().all()
    ours = exported.forced(dense.tokens, chosen, folder)
    figures = {
        "noise": dense.noise,
        "dense": difference(ours["dense"], dense.logits),
        "forced": difference(ours["forced"], logits),
        "same choices": (ours["own"] == chosen).all(-1).float().mean().item(),
    }
    exported.turn_all_on(model)
    if exported.result["router_factor"] < 1:  # k = 1 in Mixtral: the router weighs as it likes once more are on
        figures["all on"] = difference(logits_of(model, dense.tokens), dense.logits)
    for gate, _ in exported.gates(model):
        gate.weight.data.zero_()
    figures["all on, zero routers"] = difference(logits_of(model, dense.tokens), dense.logits)
    print(exported.result, figures)

    floor = 10 * dense.noise
    assert figures["dense"] <= floor
    assert figures["forced"] <= FORCED[kind]
    assert figures["same choices"] >= SAME_CHOICES[kind]
    assert figures.get("all on", 0) <= (floor if kind == "exact" else 3e-2)
    assert figures["all on, zero routers"] <= floor

    receipt = json.loads(exported.probe("verify", exported.folder, exported.project).stdout)
    print(receipt["verdict"])
    assert receipt["passed"], receipt["verdict"]
    assert receipt["equivalence"] == kind


@pytest.fixture(scope="module")
def dense(model_path):
    return dense_of_gguf(model_path, longest=192)


@pytest.fixture(scope="module")
def granite(probe, model_path, tmp_path_factory):
    folder = tmp_path_factory.mktemp("granite")
    yield Exported(probe, model_path, folder, experts=84, active=12, shared=192)
    shutil.rmtree(folder)


def test_shared_neurons_in_the_real_model(granite, dense, tmp_path):
    assert granite.result["architecture"] == "GraniteMoeSharedForCausalLM"
    assert granite.result["equivalence"] == "exact"
    check(granite, dense, tmp_path)


def test_mixtral_of_the_real_model(probe, model_path, dense, tmp_path):
    mixtral = Exported(probe, model_path, tmp_path, experts=96, active=24, shared=0, architecture="mixtral")
    assert mixtral.result["architecture"] == "MixtralForCausalLM"
    assert mixtral.result["equivalence"] == "approximate"
    check(mixtral, dense, tmp_path)
    shutil.rmtree(mixtral.folder)


def toy_path() -> pathlib.Path:
    return pathlib.Path(os.environ["DOTMOE_DEPS"]) / "model" / "toy.gguf"


@pytest.fixture(scope="module")
def toy():
    if not toy_path().exists():
        pytest.skip("no toy.gguf: packaging/build.sh makes it")
    return dense_of_gguf(toy_path(), longest=64)


# Experts of 1/16 of the neurons: (shared in sixteenths, active).
@pytest.mark.parametrize("routers", ["exact", "portable"])
@pytest.mark.parametrize("shared, active", [(0, 1), (0, 3), (0, 4), (0, 16), (1, 1), (2, 3), (4, 4), (8, 8), (15, 1)])
def test_toys(probe, toy, tmp_path, shared, active, routers):
    reader = gguf.GGUFReader(toy_path())
    neurons = int(reader.fields["llama.feed_forward_length"].contents())
    exported = Exported(probe, toy_path(), tmp_path, 16 - shared, active, shared * neurons // 16, routers)
    alone = active in (1, 16 - shared)
    assert exported.result["equivalence"] == ("exact" if alone or routers == "exact" else "approximate")
    if not shared:
        assert exported.result["architecture"] == ("MixtralForCausalLM" if alone or routers == "portable" else "GraniteMoeForCausalLM")
    check(exported, toy, tmp_path)


# (architecture, experts, active, shared in sixteenths)
@pytest.mark.parametrize("architecture, experts, active, shared", [
    ("qwen2_moe", 14, 3, 2), ("qwen2_moe", 15, 4, 1), ("glm4_moe", 14, 3, 2), ("glm4_moe", 16, 4, 0), ("glm4_moe", 12, 1, 4), ("glm4_moe", 5, 2, 1),
    ("granitemoe", 16, 3, 0)])  # fmt: skip
def test_other_classes(probe, toy, tmp_path, architecture, experts, active, shared):
    neurons = int(gguf.GGUFReader(toy_path()).fields["llama.feed_forward_length"].contents())
    exported = Exported(probe, toy_path(), tmp_path, experts, active, shared * neurons // 16, architecture=architecture)
    check(exported, toy, tmp_path)


# RoPE scaling, windows and SentencePiece in every class that holds them: (family, architecture, experts, active, shared)
@pytest.mark.parametrize("family, architecture, experts, active, shared", [
    ("llama3", "granitemoeshared", 5, 2, 16), ("llama3", "granitemoe", 6, 2, 0), ("llama3", "mixtral", 6, 2, 0),
    ("llama3", "qwen2_moe", 5, 2, 16), ("llama3", "glm4_moe", 5, 2, 16), ("llama-linear", "granitemoeshared", 5, 2, 16),
    ("llama-linear", "mixtral", 6, 1, 0), ("llama2", "granitemoe", 6, 2, 0), ("mistral-window", "mixtral", 6, 2, 0),
    ("mistral-window", "qwen2_moe", 5, 2, 16), ("qwen3-window", "qwen3_moe", 6, 2, 0)])  # fmt: skip
def test_families(probe, tmp_path, family, architecture, experts, active, shared):
    model, tokenizer = save_family(family, tmp_path / "model")
    exported = Exported(probe, tmp_path / "model", tmp_path, experts, active, shared, architecture=architecture)
    tokens = tokenizer.encode(TEXT, add_special_tokens=False).ids[:96]
    assert AutoTokenizer.from_pretrained(exported.folder).encode(TEXT, add_special_tokens=False)[:96] == tokens
    # Three layers and one permutation tell less of the noise than it is: 4.5e-5 was seen where ten times it was no more.
    check(exported, Dense(model, tokens, least_noise=1e-5), tmp_path)


@pytest.mark.parametrize("architecture", ["granitemoeshared", "glm4_moe", "qwen2_moe"])
def test_shards_hold_the_same(probe, toy, tmp_path, architecture):
    """transformers reads the index; every file is as small as asked."""
    neurons = int(gguf.GGUFReader(toy_path()).fields["llama.feed_forward_length"].contents())
    arguments = {"experts": 14, "active": 3, "shared": 2 * neurons // 16, "architecture": architecture}
    whole = Exported(probe, toy_path(), tmp_path / "whole", **arguments)
    cut = Exported(probe, toy_path(), tmp_path / "cut", shard=400_000, **arguments)
    files = sorted(cut.folder.glob("model-*.safetensors"))
    assert len(files) > 2 and not (cut.folder / "model.safetensors").exists()
    assert files[0].name == f"model-00001-of-{len(files):05}.safetensors"
    index = json.loads((cut.folder / "model.safetensors.index.json").read_text())
    assert index["metadata"]["total_size"] == sum(t.nbytes for file in files for t in load_file(file).values())
    for file in files:
        tensors = load_file(file)
        assert sum(tensor.nbytes for tensor in tensors.values()) <= 400_000 or len(tensors) == 1
        assert all(index["weight_map"][name] == file.name for name in tensors)
    assert torch.equal(logits_of(cut.load(), toy.tokens), logits_of(whole.load(), toy.tokens))
    receipt = json.loads(probe("verify", cut.folder, cut.project).stdout)
    assert receipt["passed"], receipt["verdict"]


@pytest.mark.parametrize("numbers, dtype", [("bf16", torch.bfloat16), ("f16", torch.float16)])
@pytest.mark.parametrize("architecture", ["granitemoeshared", "glm4_moe"])
def test_halves(probe, toy, tmp_path, numbers, dtype, architecture):
    """The values are those of F32, rounded; routers and norms are not. The receipt's bounds hold in transformers too."""
    neurons = int(gguf.GGUFReader(toy_path()).fields["llama.feed_forward_length"].contents())
    arguments = {"experts": 14, "active": 3, "shared": 2 * neurons // 16, "architecture": architecture}
    whole = Exported(probe, toy_path(), tmp_path / "whole", **arguments)
    half = Exported(probe, toy_path(), tmp_path / "half", numbers=numbers, **arguments)
    exact, rounded = (load_file(each.folder / "model.safetensors") for each in (whole, half))
    assert exact.keys() == rounded.keys()
    for name, tensor in exact.items():
        full = "norm" in name or "router" in name or "mlp.gate." in name
        assert rounded[name].dtype == (torch.float32 if full else dtype), name
        assert torch.equal(rounded[name], tensor if full else tensor.to(dtype)), name
    # fp16 has no room for routers of 2^-12 and less.
    stated = json.loads((half.folder / "config.json").read_text())["torch_dtype"]
    assert stated == ("bfloat16" if numbers == "bf16" else "float32")
    receipt = json.loads(probe("verify", half.folder, half.project).stdout)
    assert receipt["passed"], receipt["verdict"]
    forced = half.forced(toy.tokens, half.run(half.load(), toy.tokens)[1], tmp_path)["forced"]
    assert difference(forced, half.run(half.load(), toy.tokens)[0]) <= receipt["bound_forced"] * 2
    if architecture == "granitemoeshared" and numbers == "bf16":  # as people run it
        assert logits_of(AutoModelForCausalLM.from_pretrained(half.folder, dtype=dtype).eval(), toy.tokens).isfinite().all()


def test_tokenizer(granite, model_tokenizer, from_transformers, model_path):  # noqa: F811 (a fixture)
    tokenizer = AutoTokenizer.from_pretrained(granite.folder)
    assert tokenizer.is_fast
    for text in TEXTS:
        ids = tokenizer.encode(text)
        assert ids == model_tokenizer.encode(text, add_special_tokens=False).ids, repr(text)
        assert tokenizer.decode(ids) == model_tokenizer.decode(ids, skip_special_tokens=False), repr(text)
        if not has_number(text):
            assert ids == from_transformers.encode(text, add_special_tokens=False).ids, repr(text)

    fields = gguf.GGUFReader(model_path).fields
    tokens = fields["tokenizer.ggml.tokens"].contents()
    for name, key in {"bos": "bos", "eos": "eos", "pad": "padding", "unk": "unknown"}.items():
        token_id = int(fields[f"tokenizer.ggml.{key}_token_id"].contents())
        assert getattr(tokenizer, f"{name}_token_id") == token_id
        assert getattr(tokenizer, f"{name}_token") == tokens[token_id]
    assert tokenizer.chat_template == fields["tokenizer.chat_template"].contents()
    chat = tokenizer.apply_chat_template([{"role": "user", "content": "Hi 5"}], add_generation_prompt=True)
    assert tokenizer.decode(chat).endswith("<|im_start|>user\nHi 5<|im_end|>\n<|im_start|>assistant\n")


def test_it_generates_as_the_readme_says(granite):
    inputs = AutoTokenizer.from_pretrained(granite.folder)("The capital of France is", return_tensors="pt")
    assert granite.load().generate(**inputs, max_new_tokens=3, do_sample=False).shape[1] == inputs.input_ids.shape[1] + 3


def test_generation_settings(granite):
    settings = GenerationConfig.from_pretrained(granite.folder)
    assert (settings.bos_token_id, settings.eos_token_id, settings.pad_token_id) == (1, 2, 2)
