"""Every family from a Hugging Face folder, against transformers: logits, generation by our runtime, conversion with all
experts on, and export or its refusal; and the same families from GGUF."""

import json
import os
import re
import subprocess

import gguf
import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny_models import FAMILIES, LLAMA3_SCALING, make_model, make_tokenizer, save_family, write_vocabulary
from transformers import AutoModelForCausalLM
from transformers.models.gpt2.tokenization_gpt2 import bytes_to_unicode

# No stock mixture has Gemma 3's norms, none a window in some layers alone; in GGUF none has a window at all.
REFUSED = {"huggingface": {"gemma3", "qwen2-window"}, "gguf": {"gemma3", "qwen2-window", "mistral-window", "qwen3-window"}}
PROMPT = "The quick brown fox isn't 42 years old: <tool> naïve"


@pytest.fixture
def logits(probe, tmp_path):
    """(model, passages of ids) -> logits [tokens, V] of each passage"""

    def run(model, passages):
        lines = "".join(" ".join(map(str, ids)) + "\n" for ids in passages)
        probe("logits", model, tmp_path / "logits", input=lines.encode())
        rows = np.fromfile(tmp_path / "logits", np.float32).reshape(sum(map(len, passages)), -1)
        return np.split(rows, np.cumsum([len(ids) for ids in passages])[:-1])

    return run


def dotmoe(*arguments) -> dict:
    command = [os.path.join(os.environ["DOTMOE_BIN"], "dotmoe"), *map(str, arguments), "--json", "--threads", "1"]
    done = subprocess.run(command, capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def passages_of(model) -> list:
    torch.manual_seed(3)
    return [torch.randint(model.config.vocab_size, (length,)).tolist() for length in (100, 17, 1)]


@torch.no_grad()
def assert_same_logits(model, passages, ours, bound=1e-4):
    theirs = [model(torch.tensor([ids])).logits[0].numpy() for ids in passages]
    largest = max(float(np.abs(a - b).max()) for a, b in zip(theirs, ours, strict=True))
    print(f"largest logit difference: {largest:.2e}")
    assert largest <= bound


@pytest.mark.parametrize("family", FAMILIES)
def test_logits(family, logits, tmp_path):
    model, _ = save_family(family, tmp_path / "model")
    passages = passages_of(model)
    assert_same_logits(model, passages, logits(tmp_path / "model", passages))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_logits_of_half_precision_in_shards(dtype, logits, tmp_path):
    model, _ = save_family("qwen2", tmp_path / "model", dtype, shard="60KB")
    assert len(list((tmp_path / "model").glob("model-*.safetensors"))) > 2
    passages = passages_of(model)
    assert_same_logits(model, passages, logits(tmp_path / "model", passages))


@torch.no_grad()
def continuation(model, tokenizer, prompt: str, count: int, bos: bool) -> list:
    ids = ([tokenizer.token_to_id("<|begin|>")] if bos else []) + tokenizer.encode(prompt, add_special_tokens=False).ids
    made = model.generate(torch.tensor([ids]), max_new_tokens=count, do_sample=False, pad_token_id=0)[0].tolist()[len(ids) :]
    return made[: made.index(598)] if 598 in made else made


def text_of(ids: list, tokenizer) -> str:
    """Special tokens as they are written; bytes that are no UTF-8 as U+FFFD, like our own output."""
    alphabet = {printable: byte for byte, printable in bytes_to_unicode().items()}
    added = {token.content for token in tokenizer.get_added_tokens_decoder().values()}
    sentencepiece = tokenizer.model.byte_fallback

    def bytes_of(token: str) -> bytes:
        if token in added:
            return token.encode()
        if not sentencepiece:
            return bytes(alphabet[character] for character in token)
        spelt = re.fullmatch("<0x([0-9A-F]{2})>", token)
        return bytes([int(spelt[1], 16)]) if spelt else token.replace("\u2581", " ").encode()

    return b"".join(bytes_of(tokenizer.id_to_token(token)) for token in ids).decode(errors="replace")


@pytest.mark.parametrize("family", FAMILIES)
def test_generation_and_conversion(family, probe, tmp_path):
    """Greedy text by our packed runtime, prompt and cache; then the same of a conversion with all of its experts on."""
    folder = tmp_path / "model"
    model, tokenizer = save_family(family, folder)
    bos = family == "llama3"
    expected = text_of(continuation(model, tokenizer, PROMPT, 40, bos), tokenizer)
    generate = lambda what: dotmoe("generate", what, "--prompt", PROMPT, "--max-tokens", 40, "--weights", "fp32")
    assert generate(folder)["text"] == expected

    probe("random_project", folder, tmp_path / "all on", 5, 5, 16, 1)
    assert generate(tmp_path / "all on")["text"] == expected
    probe("random_project", folder, tmp_path / "sparse", 5, 2, 16, 1)
    assert generate(tmp_path / "sparse")["text"] != expected

    # The masked FFN of training and evaluation, forced to all experts.
    tokens = torch.tensor(passages_of(model)[0])
    save_file({"tokens": tokens, "chosen": torch.ones(model.config.num_hidden_layers, len(tokens), 5, dtype=torch.uint8)}, tmp_path / "run.safetensors")
    probe("forced_forward", tmp_path / "sparse", tmp_path / "run.safetensors", tmp_path / "forced.safetensors")
    with torch.no_grad():
        theirs = model(tokens[None]).logits[0]
    ours = load_file(tmp_path / "forced.safetensors")
    assert (ours["dense"] - theirs).abs().max() <= 1e-4
    assert (ours["forced"] - theirs).abs().max() <= 1e-4


@pytest.mark.parametrize("family", FAMILIES)
def test_export_or_its_refusal(family, probe, tmp_path):
    model, _ = save_family(family, tmp_path / "model")
    probe("random_project", tmp_path / "model", tmp_path / "project", 6, 6, 0, 1)
    for kind, out in ("huggingface", tmp_path / "export"), ("gguf", tmp_path / "export.gguf"):
        done = probe("export", tmp_path / "project", out, kind, "best", "exact", "f32", 10**9, check=False)
        if family in REFUSED[kind]:
            said = done.stderr.decode()
            assert done.returncode == 1 and len(said.splitlines()) == 1
            assert ("norms behind" if family == "gemma3" else "sliding window") in said, said
            continue
        assert done.returncode == 0, done.stderr.decode()
        receipt = json.loads(probe("verify", out, tmp_path / "project").stdout)
        assert receipt["passed"], receipt["verdict"]
    if family in REFUSED["huggingface"]:
        return
    exported, info = AutoModelForCausalLM.from_pretrained(tmp_path / "export", dtype=torch.float32, output_loading_info=True)
    assert not any(info.values()), info
    tokens = torch.tensor([passages_of(model)[0]])
    with torch.no_grad():
        assert (exported.eval()(tokens).logits - model(tokens).logits).abs().max() <= 2e-3


# (family, architecture, experts, active, shared): one expert and all of them are exact in every class, the rest in Granite.
CLASSES = [
    ("qwen2", "qwen2_moe", 5, 1, 16), ("qwen2", "qwen2_moe", 5, 5, 16), ("qwen2", "granitemoe", 6, 2, 0),
    ("qwen2", "granitemoeshared", 5, 2, 16), ("qwen2", "glm4_moe", 5, 1, 16), ("qwen2", "glm4_moe", 5, 1, 6),
    ("qwen3", "qwen3_moe", 6, 1, 0), ("qwen3", "qwen3_moe", 6, 6, 0), ("qwen3", "glm4_moe", 5, 1, 16),
]  # fmt: skip


@pytest.mark.parametrize("family, architecture, experts, active, shared", CLASSES)
def test_exports_with_biases_and_norms(family, architecture, experts, active, shared, probe, tmp_path):
    """transformers runs the export as the core runs the conversion, every tensor found; so does the receipt's own reader."""
    source, _ = save_family(family, tmp_path / "model")
    project, export, tokens = tmp_path / "project", tmp_path / "export", torch.tensor(passages_of(source)[0])
    probe("random_project", tmp_path / "model", project, experts, active, shared, 1)
    probe("export", project, export, "huggingface", architecture, "exact", "f32", 10**9)
    model, info = AutoModelForCausalLM.from_pretrained(export, dtype=torch.float32, output_loading_info=True)
    assert not any(info.values()), info
    save_file({"tokens": tokens}, tmp_path / "run.safetensors")
    probe("own_forward", project, tmp_path / "run.safetensors", tmp_path / "own.safetensors")
    with torch.no_grad():
        theirs = model.eval()(tokens[None]).logits[0]
    assert (load_file(tmp_path / "own.safetensors")["converted"] - theirs).abs().max() <= 5e-3
    receipt = json.loads(probe("verify", export, project).stdout)
    assert receipt["passed"], receipt["verdict"]
    assert receipt["equivalence"] == "exact"


@pytest.mark.parametrize("family", ["qwen2", "qwen3"])
@pytest.mark.parametrize("experts, active, shared", [(5, 2, 16), (6, 2, 0), (5, 2, 6)])
def test_gguf_of_biases_and_norms(family, experts, active, shared, probe, tmp_path):
    save_family(family, tmp_path / "model")
    probe("random_project", tmp_path / "model", tmp_path / "project", experts, active, shared, 1)
    written = probe("export", tmp_path / "project", tmp_path / "export.gguf", "gguf", "best", "exact", "f32", 10**9)
    assert json.loads(written.stdout)["architecture"] == "glm4moe"
    receipt = json.loads(probe("verify", tmp_path / "export.gguf", tmp_path / "project").stdout)
    assert receipt["passed"], receipt["verdict"]
    kinds = ("attn_q.bias", "attn_k.bias", "attn_v.bias") if family == "qwen2" else ("attn_q_norm.weight", "attn_k_norm.weight")
    names = {tensor.name for tensor in gguf.GGUFReader(tmp_path / "export.gguf").tensors}
    assert {f"blk.2.{kind}" for kind in kinds} <= names


# Family -> architecture in GGUF. llama.cpp has no key for a window in only some layers; ours has the gguf package's own.
IN_GGUF = {"llama": "llama", "llama3": "llama", "qwen2": "qwen2", "qwen3": "qwen3", "gemma3": "gemma3"}


def write_gguf(path, model, tokenizer, architecture: str, pre: str):
    """As llama.cpp's converter does it: names by the gguf package; for llama, q and k rows interleaved."""
    config, writer = model.config, gguf.GGUFWriter(path, architecture)
    width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_key_length(width)
    writer.add_value_length(width)
    writer.add_rope_freq_base(config.rope_theta)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    gemma = architecture == "gemma3"
    if gemma:  # the pattern of windows and the factor on the embedding have no key
        writer.add_sliding_window(config.sliding_window)
        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(config.rope_scaling["factor"])
        writer.add_float32("gemma3.rope.freq_base_swa", config.rope_local_base_freq)
        writer.add_attention_scale(config.query_pre_attn_scalar**-0.5)
    write_vocabulary(writer, tokenizer, pre)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH[architecture.upper()], config.num_hidden_layers)
    for name, tensor in model.state_dict().items():
        if name == "lm_head.weight" and config.tie_word_embeddings:
            continue
        heads = {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}.get(name.split(".")[-2])
        if heads and architecture == "llama":
            tensor = tensor.reshape(heads, 2, width // 2, -1).swapaxes(1, 2).reshape(tensor.shape)
        if gemma and name.endswith("norm.weight"):
            tensor = tensor + 1
        writer.add_tensor(names.get_name(name, try_suffixes=(".weight", ".bias")), tensor.numpy())
    if config.rope_scaling and not gemma:
        inverse = model.model.rotary_emb.inv_freq
        plain = config.rope_theta ** (-torch.arange(0, width, 2) / width)
        writer.add_tensor("rope_freqs.weight", (plain / inverse).float().numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@pytest.mark.parametrize("family", IN_GGUF)
def test_logits_from_gguf(family, logits, tmp_path):
    model, rule = make_model(family), FAMILIES[family][1]
    write_gguf(tmp_path / "tiny.gguf", model, make_tokenizer(rule), IN_GGUF[family], rule)
    passages = passages_of(model)
    assert_same_logits(model, passages, logits(tmp_path / "tiny.gguf", passages))


def test_export_of_a_llama3_from_gguf(probe, tmp_path):
    """A GGUF has factors on the frequencies instead of the settings that config.json names."""
    model, rule = make_model("llama3"), FAMILIES["llama3"][1]
    write_gguf(tmp_path / "tiny.gguf", model, make_tokenizer(rule), "llama", rule)
    probe("random_project", tmp_path / "tiny.gguf", tmp_path / "project", 6, 6, 0, 1)
    probe("export", tmp_path / "project", tmp_path / "export", "huggingface", "best", "exact", "f32", 10**9)
    exported = AutoModelForCausalLM.from_pretrained(tmp_path / "export", dtype=torch.float32).eval()
    assert exported.config.rope_scaling == pytest.approx(LLAMA3_SCALING)
    tokens = torch.tensor([passages_of(model)[0]])
    with torch.no_grad():
        assert (exported(tokens).logits - model(tokens).logits).abs().max() <= 2e-3
