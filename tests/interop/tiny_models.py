"""Tiny random models of every family, made by transformers, with a byte-level tokenizer trained on the tests' own text."""

import json
import pathlib
import string

import torch
from test_tokenizer import BLANKS, CODE, PROSE, SYMBOLS
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoModelForCausalLM, Gemma3TextConfig, LlamaConfig, MistralConfig, PreTrainedTokenizerFast, Qwen2Config, Qwen3Config

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


def make_sentencepiece(rule: str, size: int, texts) -> Tokenizer:
    """As tokenizer.json of Llama 2 (a blank before every piece), of Mistral (before the text) and of Gemma (nowhere)."""
    blank, first = "\u2581", rule == "spm-first"
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    if first:
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(blank, prepend_scheme="first", split=False)
    elif rule == "spm-every":
        tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend(blank), normalizers.Replace(" ", blank)])
    else:
        tokenizer.normalizer = normalizers.Replace(" ", blank)
        tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    pieces = [decoders.Replace(blank, " "), decoders.ByteFallback(), decoders.Fuse()]
    tokenizer.decoder = decoders.Sequence(pieces if rule == "spm-none" else [*pieces, decoders.Strip(" ", 1, 0)])
    # Trained on words, else a whole text would become a token.
    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = pre_tokenizers.Metaspace(blank)
    special = ["<unk>", *(f"<0x{byte:02X}>" for byte in range(256))]
    alphabet = sorted({blank, *string.ascii_letters, *string.digits, *string.punctuation, *"éаб"})
    trainer = trainers.BpeTrainer(vocab_size=size - 3, special_tokens=special, initial_alphabet=alphabet,
                                  limit_alphabet=len(alphabet), show_progress=False)  # fmt: skip
    trained.train_from_iterator([text for text in texts if text.isascii()], trainer)
    model = json.loads(trained.to_str())["model"]
    tokenizer.model = models.BPE(model["vocab"], [tuple(merge) for merge in model["merges"]], unk_token="<unk>", fuse_unk=True,
                                 byte_fallback=True)  # fmt: skip
    return tokenizer


def make_tokenizer(rule: str, size: int = 600, texts=None) -> Tokenizer:
    """`size` tokens in all, the last three of them added: two special ones, and one that is not."""
    if rule.startswith("spm"):
        return add_tokens(make_sentencepiece(rule, size, texts or PROSE + BLANKS + CODE), size)
    pre_tokenizer, normalizer, ignore_merges = RULES[rule]
    tokenizer = Tokenizer(models.BPE(ignore_merges=ignore_merges))
    tokenizer.pre_tokenizer = pre_tokenizer()
    if normalizer:
        tokenizer.normalizer = normalizer()
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=size - 3, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(texts or PROSE + BLANKS + CODE + SYMBOLS, trainer)
    return add_tokens(tokenizer, size)


def add_tokens(tokenizer: Tokenizer, size: int) -> Tokenizer:
    tokenizer.add_special_tokens([AddedToken("<|begin|>", special=True), AddedToken("<|end|>", special=True)])
    tokenizer.add_tokens([AddedToken("<tool>", normalized=False)])
    assert tokenizer.get_vocab_size() == size
    return tokenizer


def save_tokenizer(folder: pathlib.Path, tokenizer: Tokenizer, bos: bool = False):
    if bos:
        begin = [("<|begin|>", tokenizer.token_to_id("<|begin|>"))]
        tokenizer.post_processor = processors.TemplateProcessing(single="<|begin|> $A", special_tokens=begin)
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<|begin|>", eos_token="<|end|>").save_pretrained(folder)


def write_vocabulary(writer, tokenizer: Tokenizer, rule: str):
    """Into a GGUF, as llama.cpp's converter does it."""
    stored = json.loads(tokenizer.to_str())
    kinds = {token["content"]: 3 if token["special"] else 4 for token in stored["added_tokens"]}
    tokens = sorted(tokenizer.get_vocab(), key=tokenizer.token_to_id)
    merges = [" ".join(merge) for merge in stored["model"]["merges"]]
    if rule.startswith("spm"):
        # As SentencePiece gives them: a token scores less the later it was made.
        made = {merge.replace(" ", ""): -float(rank) for rank, merge in reversed(list(enumerate(merges)))}
        kinds |= {f"<0x{byte:02X}>": 6 for byte in range(256)} | {"<unk>": 2}
        writer.add_tokenizer_model("llama")
        writer.add_token_scores([made.get(token, -float(len(merges))) for token in tokens])
        writer.add_add_space_prefix(rule != "spm-none")
        writer.add_unk_token_id(tokenizer.token_to_id("<unk>"))
    else:
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre(rule)
        writer.add_token_merges(merges)
    writer.add_token_list(tokens)
    writer.add_token_types([kinds.get(token, 1) for token in tokens])


SHAPE = dict(vocab_size=600, hidden_size=64, intermediate_size=96, num_hidden_layers=3, num_attention_heads=4,
             num_key_value_heads=2, max_position_embeddings=256, initializer_range=0.2, rms_norm_eps=1e-6,
             bos_token_id=597, eos_token_id=598)  # fmt: skip
LLAMA3_SCALING = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                  "original_max_position_embeddings": 32}  # fmt: skip
GEMMA3 = dict(head_dim=32, query_pre_attn_scalar=20, sliding_window=7, rope_theta=500.0, rope_local_base_freq=50.0,
              rope_scaling={"rope_type": "linear", "factor": 4.0})  # fmt: skip

# Name -> (configuration, rule of its tokenizer)
FAMILIES = {
    "llama": (LlamaConfig(**SHAPE, rope_theta=12345.0, tie_word_embeddings=False), "smollm"),
    "llama-tied": (LlamaConfig(**SHAPE, tie_word_embeddings=True), "smollm"),
    "llama-wide-heads": (LlamaConfig(**SHAPE, head_dim=32), "gpt-2"),
    "llama-linear": (LlamaConfig(**SHAPE, rope_scaling={"rope_type": "linear", "factor": 4.0}), "smollm"),
    "llama3": (LlamaConfig(**SHAPE, rope_theta=500.0, rope_scaling=LLAMA3_SCALING), "llama-bpe"),
    "llama2": (LlamaConfig(**SHAPE), "spm-every"),
    "mistral": (MistralConfig(**SHAPE, sliding_window=None), "gpt-2"),
    "mistral-window": (MistralConfig(**SHAPE, sliding_window=9), "spm-first"),
    "qwen2": (Qwen2Config(**SHAPE, rope_theta=1e6, tie_word_embeddings=True), "qwen2"),
    "qwen2-window": (Qwen2Config(**SHAPE, use_sliding_window=True, sliding_window=7, max_window_layers=1), "qwen2"),
    "qwen3-window": (Qwen3Config(**SHAPE, head_dim=32, use_sliding_window=True, sliding_window=7, max_window_layers=0), "qwen2"),
    "gemma3": (Gemma3TextConfig(**{**SHAPE, "num_hidden_layers": 7}, **GEMMA3), "spm-none"),
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
            torch.nn.init.normal_(weight, 0.0 if family.startswith("gemma") else 1.0, 0.2)
        elif name.endswith(".bias"):
            torch.nn.init.normal_(weight, 0.0, 0.5)
    return model


def save_family(family: str, folder: pathlib.Path, dtype=torch.float32, shard: str = "5GB"):
    """The model as transformers reads it back in fp32, and its tokenizer."""
    make_model(family).to(dtype).save_pretrained(folder, max_shard_size=shard)
    tokenizer = make_tokenizer(FAMILIES[family][1])
    save_tokenizer(folder, tokenizer, bos=family == "llama3")
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
    return model.eval(), tokenizer
