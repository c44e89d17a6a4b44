"""export and verify in all formats: what is written, what is said, what is refused."""

import json

from conftest import dotmoe


def test_a_gguf_and_its_receipt(conversion, tmp_path):
    out = tmp_path / "toy.gguf"
    told = dotmoe("export", conversion.folder, "--format", "gguf", "--dtype", "q8_0", "--out", out, "--json")
    assert told.code == 0, told.err
    # S is no multiple of m: zeros fill up glm4moe's shared experts.
    assert told.json["architecture"] == "glm4moe" and told.json["equivalence"] == "exact"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["toy.gguf", "toy.gguf.receipt.json"]
    receipt = json.loads((tmp_path / "toy.gguf.receipt.json").read_text())
    assert receipt["passed"] and receipt["numbers"] == "Q8_0" and receipt["kl"] < 0.1

    again = dotmoe("verify", out, "--json")
    assert again.code == 0 and again.json["passed"], again.err
    assert dotmoe("verify", out, "--against", conversion.folder).code == 0
    dotmoe("export", conversion.folder, "--format", "gguf", "--out", out).assert_error(1, "toy.gguf")

    out.write_bytes(out.read_bytes()[:-1] + b"\x01")
    changed = dotmoe("verify", out)
    assert changed.code == 1 and len(changed.errors) == 1 and "is not the file of the receipt" in changed.errors[0]
    (tmp_path / "toy.gguf.receipt.json").unlink()
    dotmoe("verify", out).assert_error(1, "--against")


def test_it_says_which_architecture_and_why(conversion, tmp_path):
    plain = dotmoe("export", conversion.folder, "--out", tmp_path / "best")
    assert plain.code == 0, plain.err
    assert "\nWhy: " in plain.out and "dotmoe verify" in plain.out
    cut = dotmoe("export", conversion.folder, "--architecture", "qwen2_moe", "--shard-size", 1, "--out", tmp_path / "cut",
                 "--dtype", "bf16", "--json")  # fmt: skip
    assert cut.code == 0, cut.err
    assert cut.json["architecture"] == "Qwen2MoeForCausalLM" and cut.json["reason"]
    assert dotmoe("verify", tmp_path / "cut").code == 0


def test_what_a_format_cannot_hold(conversion, tmp_path):
    never = tmp_path / "never"
    for arguments, code, part in [
        (["--architecture", "gpt2"], 2, "mixtral"),
        (["--architecture", "mixtral"], 1, "no shared neurons"),
        (["--dtype", "q8_0"], 2, "GGUF"),
        (["--format", "gguf", "--architecture", "mixtral"], 2, "glm4moe"),
    ]:
        dotmoe("export", conversion.folder, "--out", never, *arguments).assert_error(code, part)
    assert list(tmp_path.iterdir()) == []
