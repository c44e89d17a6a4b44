"""A Hugging Face folder small enough to damage by hand: a llama of two layers in two shards, tokens the 256 bytes."""

import json
import pathlib

import numpy as np
from safetensors.numpy import save_file
from transformers.models.gpt2.tokenization_gpt2 import bytes_to_unicode

D, N, LAYERS, VOCABULARY = 16, 32, 2, 258
CONFIG = {
    "model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": D, "intermediate_size": N, "num_hidden_layers": LAYERS,
    "num_attention_heads": 2, "num_key_value_heads": 1, "vocab_size": VOCABULARY, "max_position_embeddings": 64, "rms_norm_eps": 1e-5,
    "tie_word_embeddings": True, "hidden_act": "silu",
}  # fmt: skip
SHARDS = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
INDEX = "model.safetensors.index.json"


def tensors() -> dict:
    random = np.random.default_rng(1)
    shapes = {"model.embed_tokens.weight": (VOCABULARY, D), "model.norm.weight": (D,)}
    for layer in range(LAYERS):
        parts = {"input_layernorm": (D,), "post_attention_layernorm": (D,), "self_attn.q_proj": (D, D), "self_attn.k_proj": (D // 2, D),
                 "self_attn.v_proj": (D // 2, D), "self_attn.o_proj": (D, D), "mlp.gate_proj": (N, D), "mlp.up_proj": (N, D),
                 "mlp.down_proj": (D, N)}  # fmt: skip
        shapes |= {f"model.layers.{layer}.{name}.weight": shape for name, shape in parts.items()}
    return {name: random.normal(0, 0.3, shape).astype(np.float32) for name, shape in shapes.items()}


def tokenizer() -> dict:
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    vocab = {character: byte for byte, character in enumerate(bytes_to_unicode().values())} | {"ab": 256}
    end = {"id": 257, "content": "<end>", "special": True, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    return {"version": "1.0", "added_tokens": [end], "normalizer": None, "pre_tokenizer": byte_level, "post_processor": None,
            "decoder": byte_level, "model": {"type": "BPE", "unk_token": None, "vocab": vocab, "merges": ["a b"]}}  # fmt: skip


def change_json(path: pathlib.Path, change) -> None:
    value = json.loads(path.read_text())
    change(value)
    path.write_text(json.dumps(value))


def write(folder: pathlib.Path) -> pathlib.Path:
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(CONFIG))
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer()))
    names = sorted(tensors())
    weight_map = {name: SHARDS[i * 2 // len(names)] for i, name in enumerate(names)}
    for shard in SHARDS:
        save_file({name: values for name, values in tensors().items() if weight_map[name] == shard}, folder / shard)
    (folder / INDEX).write_text(json.dumps({"metadata": {}, "weight_map": weight_map}))
    return folder
