"""Logits of the core against transformers: the real model, and a tiny random Llama written by the gguf package."""

import os
from pathlib import Path

import gguf
import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM
from transformers.models.gpt2.tokenization_gpt2 import bytes_to_unicode


@pytest.fixture
def logits(probe, tmp_path):
    """(model file, passages of ids) -> logits [tokens, V] of each passage"""

    def run(model, passages):
        lines = "".join(" ".join(map(str, ids)) + "\n" for ids in passages)
        probe("logits", model, tmp_path / "logits", input=lines.encode())
        rows = np.fromfile(tmp_path / "logits", np.float32).reshape(sum(map(len, passages)), -1)
        return np.split(rows, np.cumsum([len(ids) for ids in passages])[:-1])

    return run


@torch.no_grad()
def largest_difference(model, passages, ours) -> float:
    theirs = [model(torch.tensor([ids])).logits[0].numpy() for ids in passages]
    return max(float(np.abs(a - b).max()) for a, b in zip(theirs, ours, strict=True))


def real_passages(text_path) -> list:
    """From the middle of the first document of each source."""
    sources = sorted(folder for folder in text_path.iterdir() if folder.is_dir())
    texts = [sorted(source.rglob("*.txt"))[0].read_text(errors="replace") for source in sources]
    return [text[len(text) // 2 :][:6000] for text in texts]


def check_real_model(path, text_path, logits, lengths):
    tokenizer = AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
    passages = [tokenizer.encode(text)[:length] for text, length in zip(real_passages(text_path), lengths, strict=False)]
    model = AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32)
    difference = largest_difference(model, passages, logits(path, passages))
    print(f"largest logit difference: {difference:.2e} over {sum(map(len, passages))} positions")
    assert difference <= 2e-3


def test_real_model(model_path, text_path, logits):
    check_real_model(model_path, text_path, logits, (200, 160, 120, 90, 1))


def test_gemma_on_its_real_weights(text_path, logits):
    if "DOTMOE_GEMMA" not in os.environ:
        pytest.skip("DOTMOE_GEMMA names no GGUF file of Gemma 3")
    # The first passage is longer than the window of its layers, 512.
    check_real_model(Path(os.environ["DOTMOE_GEMMA"]), text_path, logits, (700, 100, 1))


def write_tiny(path, model: LlamaForCausalLM, config: LlamaConfig):
    """As llama.cpp's converter does it: names by the gguf package, q and k rows interleaved."""
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_key_length(config.head_dim)
    writer.add_value_length(config.head_dim)
    writer.add_rope_dimension_count(config.head_dim)
    writer.add_rope_freq_base(config.rope_theta)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_vocab_size(config.vocab_size)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list([*bytes_to_unicode().values(), "ab"])
    writer.add_token_types([1] * 257)
    writer.add_token_merges(["a b"])
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, config.num_hidden_layers)
    for name, tensor in model.state_dict().items():
        heads = {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}.get(name.split(".")[-2])
        if heads:
            tensor = tensor.reshape(heads, 2, config.head_dim // 2, -1).swapaxes(1, 2).reshape(tensor.shape)
        writer.add_tensor(names.get_name(name, try_suffixes=(".weight",)), tensor.numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@pytest.mark.parametrize(("heads", "kv_heads", "head_width"), [(4, 2, 16), (6, 1, 8), (3, 3, 32)])
def test_tiny_random_llama(tmp_path, logits, heads, kv_heads, head_width):
    torch.manual_seed(heads)
    config = LlamaConfig(
        vocab_size=257, hidden_size=64, intermediate_size=96, num_hidden_layers=3, num_attention_heads=heads,
        num_key_value_heads=kv_heads, head_dim=head_width, max_position_embeddings=128, rope_theta=12345.0,
        rms_norm_eps=1e-6, tie_word_embeddings=False, initializer_range=0.2,
    )  # fmt: skip
    model = LlamaForCausalLM(config).eval()
    for name, weight in model.named_parameters():
        if "norm" in name:
            torch.nn.init.normal_(weight, 1.0, 0.2)
    write_tiny(tmp_path / "tiny.gguf", model, config)
    passages = [torch.randint(257, (length,)).tolist() for length in (100, 17, 1)]
    assert largest_difference(model, passages, logits(tmp_path / "tiny.gguf", passages)) <= 1e-4
