"""Tiny random models of every family, made by transformers, with a byte-level tokenizer trained on the tests' own text."""

import pathlib

import torch
from test_tokenizer import BLANKS, CODE, PROSE, SYMBOLS
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import LlamaConfig, MistralConfig, PreTrainedTokenizerFast, Qwen2Config, Qwen3Config
from transformers import AutoModelForCausalLM

LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN2 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"


def split(pattern: str):
    """As tokenizer.json of Llama 3 and of Qwen2 has it."""
    return pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(pattern), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )


# Name in GGUF -> (pre-tokenizer, normalizer, ignore_merges)
RULES = {
    "gpt-2": (lambda: pre_tokenizers.ByteLevel(add_prefix_space=False), None, False),
    "smollm": (lambda: pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True),
                                                pre_tokenizers.ByteLevel(add_prefix_space=False)]), None, False),
    "llama-bpe": (lambda: split(LLAMA3), None, True),
    "qwen2": (lambda: split(QWEN2), normalizers.NFC, False),
}  # fmt: skip


def make_tokenizer(rule: str, size: int = 600, texts=None) -> Tokenizer:
    """`size` tokens in all, the last three of them added: two special ones, and one that is not."""
    pre_tokenizer, normalizer, ignore_merges = RULES[rule]
    tokenizer = Tokenizer(models.BPE(ignore_merges=ignore_merges))
    tokenizer.pre_tokenizer = pre_tokenizer()
    if normalizer:
        tokenizer.normalizer = normalizer()
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=size - 3, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(texts or PROSE + BLANKS + CODE + SYMBOLS, trainer)
    tokenizer.add_special_tokens([AddedToken("<|begin|>", special=True), AddedToken("<|end|>", special=True)])
    tokenizer.add_tokens([AddedToken("<tool>", normalized=False)])
    assert tokenizer.get_vocab_size() == size
    return tokenizer


def save_tokenizer(folder: pathlib.Path, tokenizer: Tokenizer, bos: bool = False):
    if bos:
        begin = [("<|begin|>", tokenizer.token_to_id("<|begin|>"))]
        tokenizer.post_processor = processors.TemplateProcessing(single="<|begin|> $A", special_tokens=begin)
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<|begin|>", eos_token="<|end|>").save_pretrained(folder)


SHAPE = dict(vocab_size=600, hidden_size=64, intermediate_size=96, num_hidden_layers=3, num_attention_heads=4,
             num_key_value_heads=2, max_position_embeddings=256, initializer_range=0.2, rms_norm_eps=1e-6,
             bos_token_id=597, eos_token_id=598)  # fmt: skip
LLAMA3_SCALING = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                  "original_max_position_embeddings": 32}  # fmt: skip

# Name -> (configuration, rule of its tokenizer)
FAMILIES = {
    "llama": (LlamaConfig(**SHAPE, rope_theta=12345.0, tie_word_embeddings=False), "smollm"),
    "llama-tied": (LlamaConfig(**SHAPE, tie_word_embeddings=True), "smollm"),
    "llama-wide-heads": (LlamaConfig(**SHAPE, head_dim=32), "gpt-2"),
    "llama-linear": (LlamaConfig(**SHAPE, rope_scaling={"rope_type": "linear", "factor": 4.0}), "smollm"),
    "llama3": (LlamaConfig(**SHAPE, rope_theta=500.0, rope_scaling=LLAMA3_SCALING), "llama-bpe"),
    "mistral": (MistralConfig(**SHAPE, sliding_window=None), "gpt-2"),
    "mistral-window": (MistralConfig(**SHAPE, sliding_window=9), "gpt-2"),
    "qwen2": (Qwen2Config(**SHAPE, rope_theta=1e6, tie_word_embeddings=True), "qwen2"),
    "qwen2-window": (Qwen2Config(**SHAPE, use_sliding_window=True, sliding_window=7, max_window_layers=1), "qwen2"),
    "qwen3": (Qwen3Config(**SHAPE, head_dim=32, rope_theta=1e6), "qwen2"),
}


def make_model(family: str):
    """Weights of every kind are random, biases and norms too."""
    torch.manual_seed(sum(map(ord, family)))
    config = FAMILIES[family][0]
    config._attn_implementation = "eager"
    model = AutoModelForCausalLM.from_config(config).eval().float()
    for name, weight in model.named_parameters():
        if "norm" in name:
            torch.nn.init.normal_(weight, 1.0, 0.2)
        elif name.endswith(".bias"):
            torch.nn.init.normal_(weight, 0.0, 0.5)
    return model


def save_family(family: str, folder: pathlib.Path, dtype=torch.float32, shard: str = "5GB"):
    """The model, with weights as they are in the folder, and its tokenizer."""
    model, tokenizer = make_model(family).to(dtype), make_tokenizer(FAMILIES[family][1])
    model.save_pretrained(folder, max_shard_size=shard)
    save_tokenizer(folder, tokenizer, bos=family == "llama3")
    return model.float(), tokenizer
