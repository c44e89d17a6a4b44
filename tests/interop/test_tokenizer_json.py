"""Token ids of the core, from tokenizer.json and from GGUF metadata, and of the tokenizers that exports hold, against the
tokenizers package, for each splitting rule."""

import json
import unicodedata

import gguf
import pytest
from test_tokenizer import TEXTS
from tiny_models import RULES, make_tokenizer, save_tokenizer, write_vocabulary
from transformers import AutoTokenizer

SIZE = 3000
ODD = [
    "I'M HE'LL We'Ve 'ſ 'Tis don'ſ", "a\r\nb\r\n\r\n c", "x1234567 8 90", "٣٤٥٦٧ ४५", "e\u0301 \u1e9b\u0323 \u212b \uac00 \u1100\u1161",
    "<|begin|>x<|end|><tool>y", "<|begin|><tool", "... !!\n\n", "中文，标点。\n下一行", "\u2126 \ufb01 \u00c5\u030a", "\t\tx\n \n", "a\u0085\u180eb",
]  # fmt: skip


@pytest.fixture(scope="module")
def texts(text_path):
    """Odd strings, and passages from the middle of real documents of every source."""
    passages = []
    for source in sorted(folder for folder in text_path.iterdir() if folder.is_dir()):
        for document in sorted(source.rglob("*.txt"))[:20]:
            text = document.read_text(errors="replace")
            passages += [text[start : start + 400] for start in range(0, min(len(text), 4000), 400)]
    assert len(passages) > 300
    return TEXTS + ODD + passages


@pytest.fixture(scope="module", params=[*RULES, "spm-every", "spm-first", "spm-none"])
def rule(request):
    return request.param


@pytest.fixture(scope="module")
def tokenizer(rule, texts):
    return make_tokenizer(rule, SIZE, texts[-400:])


@pytest.fixture(scope="module")
def expected(tokenizer, texts):
    """Ids of every text."""
    assert len(set(texts)) >= 1000
    return [encoding.ids for encoding in tokenizer.encode_batch(texts, add_special_tokens=False)]


@pytest.fixture(scope="module")
def encode(probe):
    def run(model, texts):
        lines = probe("tokenize", model, input=b"".join(text.encode().hex().encode() + b"\n" for text in texts)).stdout
        return [json.loads(line)["ids"] for line in lines.splitlines()]

    return run


@pytest.fixture(scope="module")
def folder(tokenizer, tmp_path_factory):
    path = tmp_path_factory.mktemp("folder")
    save_tokenizer(path, tokenizer)
    (path / "config.json").write_text(json.dumps({"vocab_size": SIZE + 5}))
    return path


@pytest.fixture(scope="module")
def gguf_file(rule, tokenizer, tmp_path_factory):
    path = tmp_path_factory.mktemp("gguf") / "vocabulary.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    write_vocabulary(writer, tokenizer, rule)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.mark.parametrize("source", ["folder", "gguf_file"])
def test_same_ids(source, rule, request, encode, texts, expected):
    if source == "gguf_file" and rule == "spm-first":
        pytest.skip("GGUF has no key for a blank before the text alone")
    ours = encode(request.getfixturevalue(source), texts)
    for text, ids, theirs in zip(texts, ours, expected, strict=True):
        assert ids == theirs, repr(text)


@pytest.mark.parametrize("source", ["folder", "gguf_file"])
def test_exported_ids(source, rule, request, probe, encode, tokenizer, texts, expected, tmp_path):
    """An export's tokenizer.json as transformers reads it, and its metadata in a GGUF."""
    if source == "gguf_file" and rule == "spm-first":
        pytest.skip("GGUF has no key for a blank before the text alone")
    for out in tmp_path, tmp_path / "export.gguf":
        probe("write_tokenizer", request.getfixturevalue(source), out)
    exported = AutoTokenizer.from_pretrained(tmp_path)
    in_folder = exported(texts, add_special_tokens=False).input_ids
    in_gguf = encode(tmp_path / "export.gguf", texts)
    for text, ids, again, theirs in zip(texts, in_folder, in_gguf, expected, strict=True):
        assert ids == theirs, repr(text)
        assert again == theirs, repr(text)
    for ids in expected[::10]:
        assert exported.decode(ids) == tokenizer.decode(ids, skip_special_tokens=False)


def test_sentencepiece_in_a_gguf(rule, probe, tokenizer, folder, tmp_path):
    """What llama.cpp reads of it, by the gguf package."""
    if not rule.startswith("spm"):
        pytest.skip("no SentencePiece")
    probe("write_tokenizer", folder, tmp_path / "export.gguf")
    field = lambda key: gguf.GGUFReader(tmp_path / "export.gguf").fields[f"tokenizer.ggml.{key}"].contents()
    tokens, scores, kinds = field("tokens"), field("scores"), field("token_type")
    assert field("model") == "llama" and field("add_space_prefix") is (rule != "spm-none")
    assert len(tokens) == len(scores) == len(kinds) == SIZE + 5
    assert field("unknown_token_id") == tokenizer.token_to_id("<unk>")
    assert [tokens[id] for id, kind in enumerate(kinds) if kind == gguf.TokenType.BYTE] == [f"<0x{byte:02X}>" for byte in range(256)]
    assert {tokens[id] for id, kind in enumerate(kinds) if kind == gguf.TokenType.CONTROL} == {"<|begin|>", "<|end|>"}
    # A merge that was learnt earlier makes a token of a higher score.
    made = dict.fromkeys("".join(merge) for merge in json.loads(tokenizer.to_str())["model"]["merges"])
    ranked = [scores[tokens.index(token)] for token in made]
    assert ranked == sorted(ranked, reverse=True) and len(set(ranked)) == len(ranked)


def test_every_assigned_character(encode, tokenizer, folder):
    """Before and after a letter, a digit, a blank, an apostrophe and itself; characters of Unicode 14."""
    assigned = [chr(point) for point in range(0x110000) if unicodedata.category(chr(point)) not in ("Cn", "Cs", "Co")]
    texts = ["".join(f"a{c}a {c}{c} 7{c}  {c}'{c}\n" for c in assigned[start : start + 200]) for start in range(0, len(assigned), 200)]
    for text, ids in zip(texts, encode(folder, texts), strict=True):
        assert ids == tokenizer.encode(text, add_special_tokens=False).ids, ascii(text)
