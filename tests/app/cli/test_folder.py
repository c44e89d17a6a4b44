"""Hugging Face folders as users give them: whole ones work wherever a GGUF does, damaged ones are refused in one line."""

import json
import shutil

import numpy as np
import pytest
import tiny_folder
from safetensors.numpy import load_file, save_file
from tiny_folder import INDEX, SHARDS, change_json

from conftest import dotmoe


@pytest.fixture
def folder(tmp_path):
    return tiny_folder.write(tmp_path / "tiny.model")


def rewrite(folder, name, change):
    """Changes one tensor in its shard."""
    shard = folder / json.loads((folder / INDEX).read_text())["weight_map"][name]
    values = load_file(shard)
    values[name] = change(values[name])
    save_file(values, shard)


def cut(path, share):
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])


def drop_tensor(folder):
    values = load_file(folder / SHARDS[1])
    values.pop("model.norm.weight")
    save_file(values, folder / SHARDS[1])


def move_tensor_to(place):
    return lambda folder: change_json(folder / INDEX, lambda index: index["weight_map"].update({"model.norm.weight": place}))


def swap_shards(folder):
    (folder / SHARDS[0]).rename(folder / "other")
    (folder / SHARDS[1]).rename(folder / SHARDS[0])
    (folder / "other").rename(folder / SHARDS[1])


def with_nan(values):
    values[3] = np.nan
    return values


def in_config(**changes):
    return lambda folder: change_json(folder / "config.json", lambda config: config.update(changes))


def without_config(key):
    return lambda folder: change_json(folder / "config.json", lambda config: config.pop(key))


def in_tokenizer(change):
    return lambda folder: change_json(folder / "tokenizer.json", change)


DAMAGE = {
    "shard cut in its data": (lambda f: cut(f / SHARDS[0], 0.9), SHARDS[0]),
    "shard cut in its header": (lambda f: cut(f / SHARDS[1], 0.01), SHARDS[1]),
    "shard empty": (lambda f: (f / SHARDS[0]).write_bytes(b""), SHARDS[0]),
    "shard missing": (lambda f: (f / SHARDS[1]).unlink(), f"{SHARDS[1]}: is missing"),
    "shards swapped": (swap_shards, "shards are swapped"),
    "shard of another model": (lambda f: save_file({"x": np.ones(3, np.float32)}, f / SHARDS[0]), "does not name"),
    "tensor missing": (drop_tensor, "'model.norm.weight' is missing"),
    "tensor of another shape": (lambda f: rewrite(f, "model.layers.1.mlp.up_proj.weight", lambda w: w.T.copy()), "has shape [16, 32]"),
    "tensor of integers": (lambda f: rewrite(f, "model.norm.weight", lambda w: w.astype(np.int32)), "is I32: F32, F16 or BF16"),
    "tensor with NaN": (lambda f: rewrite(f, "model.norm.weight", with_nan), "holds NaN or infinity in 1 of 16 values"),
    "index outside the folder": (move_tensor_to("../elsewhere.safetensors"), "outside the folder"),
    "index to an absolute path": (move_tensor_to("/etc/passwd"), "outside the folder"),
    "index to the wrong shard": (move_tensor_to(SHARDS[0]), "model.norm.weight"),
    "index without a map": (lambda f: (f / INDEX).write_text("{}"), "has no 'weight_map'"),
    "index no JSON": (lambda f: cut(f / INDEX, 0.5), f"{INDEX}: is not valid JSON"),
    "index missing": (lambda f: (f / INDEX).unlink(), f"{INDEX}: is missing"),
    "config no JSON": (lambda f: cut(f / "config.json", 0.5), "config.json: is not valid JSON"),
    "config a list": (lambda f: (f / "config.json").write_text("[]"), "config.json: is not a JSON object"),
    "config without a size": (without_config("hidden_size"), "'hidden_size' is missing"),
    "config with text for a size": (in_config(hidden_size="wide"), "'hidden_size' is no whole number"),
    "config with a negative size": (in_config(num_hidden_layers=-1), "'num_hidden_layers' is -1"),
    "config with too many layers": (in_config(num_hidden_layers=2_000_000_000), "model.layers.2.input_layernorm.weight"),
    "config of other heads": (in_config(num_attention_heads=3, num_key_value_heads=2), "3 heads cannot share 2"),
    "tokenizer missing": (lambda f: (f / "tokenizer.json").unlink(), "tokenizer.json: is missing"),
    "tokenizer no JSON": (lambda f: cut(f / "tokenizer.json", 0.7), "tokenizer.json: is not valid JSON"),
    "tokenizer larger than the embedding": (in_tokenizer(lambda t: t["model"]["vocab"].update(xyz=999_999_999)), "has id 999999999"),
    "tokenizer with an id of two tokens": (in_tokenizer(lambda t: t["model"]["vocab"].update(xyz=5)), "id 5 is of two tokens"),
    "tokenizer with an unknown merge": (in_tokenizer(lambda t: t["model"]["merges"].append("a zz")), "'zz'"),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged(damage, folder):
    change, words = DAMAGE[damage]
    change(folder)
    dotmoe("generate", folder, "--prompt", "ab", "--max-tokens", 1).assert_error(1, "tiny.model", words)


UNSUITABLE = {
    "encoder": (in_config(model_type="bert"), "encoder"),
    "encoder and decoder": (in_config(model_type="t5", is_encoder_decoder=True), "encoder"),
    "mixture": (in_config(model_type="mixtral", num_local_experts=8), "mixture of 8 experts already"),
    "no gate": (in_config(model_type="gpt_neox"), "has no gate"),
    "unknown family": (in_config(model_type="mamba"), "'mamba' is not known"),
    "classifier": (in_config(architectures=["LlamaForSequenceClassification"]), "LlamaForSequenceClassification"),
    "unknown scaling": (in_config(rope_scaling={"rope_type": "yarn", "factor": 4.0}), "'yarn'"),
    "another activation": (in_config(hidden_act="gelu"), "'gelu'"),
    "bias": (in_config(attention_bias=True), "'attention_bias'"),
    "part of a head": (in_config(partial_rotary_factor=0.5), "partial_rotary_factor"),
}


@pytest.mark.parametrize("kind", UNSUITABLE)
def test_unsuitable_models_are_refused_with_what_is_needed(kind, folder, tmp_path):
    change, word = UNSUITABLE[kind]
    change(folder)
    found = dotmoe("inspect", folder, "--json").json
    assert found["convertible"] is False and word in found["refusal"] and "\n" not in found["refusal"]
    dotmoe("convert", folder, "--text", tmp_path, "--out", tmp_path / "out").assert_error(1, word)


def test_quantised_weights_are_refused(folder):
    in_config(quantization_config={"quant_method": "gptq"})(folder)
    dotmoe("inspect", folder).assert_error(1, "quantised")


def test_unknown_tokenizers_are_refused(folder):
    in_tokenizer(lambda t: t["model"].update(type="Unigram"))(folder)
    dotmoe("generate", folder, "--prompt", "ab").assert_error(1, "'Unigram' is not supported")


@pytest.mark.parametrize("name", ["config.json", SHARDS[0]])
def test_a_file_of_the_folder_is_not_the_model(name, folder):
    dotmoe("inspect", folder / name).assert_error(1, "name the folder")


def test_a_folder_without_a_model(tmp_path):
    dotmoe("inspect", tmp_path).assert_error(1, "without a config.json")
    dotmoe("generate", tmp_path, "--prompt", "x").assert_error(1, "neither a model")


def test_inspect(folder):
    found = dotmoe("inspect", folder, "--json").json
    expected = tiny_folder.tensors()
    assert {tensor["name"]: tuple(tensor["shape"]) for tensor in found["tensors"]} == {name: w.shape for name, w in expected.items()}
    assert found["parameters"] == sum(values.size for values in expected.values())
    assert found["ffn_parameters"] == 3 * 2 * 16 * 32
    assert found["file_bytes"] == sum(path.stat().st_size for path in folder.iterdir())
    assert found["convertible"] is True and found["format"] == "safetensors, 2 shards" and found["tied_embeddings"] is True


def test_every_command_takes_a_folder(folder, text, tmp_path):
    """convert, resume's hash, eval, generate, route, export, verify; and --source for a folder that has moved."""
    out = tmp_path / "converted"
    sizes = ["--experts", 4, "--active", 2, "--shared", 0, "--steps", 1, "--seed", 3, "--threads", 1]
    done = dotmoe("convert", f"{folder}/", "--text", text, "--out", out, "--recipe", "toy", *sizes, "--json")
    assert done.code == 0, done.err
    generated = dotmoe("generate", out, "--prompt", "ab", "--max-tokens", 8, "--json").json
    assert dotmoe("eval", out, "--text", text, "--limit", 2, "--json").json["perplexity"]["converted"] > 0
    assert dotmoe("eval", folder, "--text", text, "--limit", 2, "--json").json["perplexity"]["dense"] > 0
    assert dotmoe("route", out, "--prompt", "ab", "--json").code == 0
    assert dotmoe("export", out, "--format", "huggingface", "--out", tmp_path / "export", "--json").code == 0
    assert dotmoe("verify", tmp_path / "export", "--against", out, "--json").json["passed"] is True
    card = (tmp_path / "export" / "README.md").read_text()
    assert "# tiny.model as a mixture" in card and "from `tiny.model`" in card
    dotmoe("generate", tmp_path / "export", "--prompt", "x").assert_error(1, "mixture")

    moved = tmp_path / "moved"
    folder.rename(moved)
    dotmoe("generate", out, "--prompt", "ab").assert_error(1, "--source")
    assert dotmoe("generate", out, "--prompt", "ab", "--max-tokens", 8, "--source", moved, "--json").json["text"] == generated["text"]


@pytest.mark.parametrize("changed", ["config.json", "tokenizer.json", *SHARDS])
def test_a_changed_folder_is_another_model(changed, folder, text, tmp_path):
    out = tmp_path / "converted"
    sizes = ["--experts", 4, "--active", 2, "--shared", 0, "--steps", 0, "--threads", 1]
    assert dotmoe("convert", folder, "--text", text, "--out", out, "--recipe", "toy", *sizes).code == 0
    if changed in SHARDS:
        name = next(iter(load_file(folder / changed)))
        rewrite(folder, name, lambda w: w + 1)
    else:
        (folder / changed).write_text((folder / changed).read_text() + "\n")
    dotmoe("generate", out, "--prompt", "ab").assert_error(1, "the hashes differ")


def test_files_that_do_not_matter_may_change(folder, text, tmp_path):
    out = tmp_path / "converted"
    sizes = ["--experts", 4, "--active", 2, "--shared", 0, "--steps", 0, "--threads", 1]
    assert dotmoe("convert", folder, "--text", text, "--out", out, "--recipe", "toy", *sizes).code == 0
    (folder / "README.md").write_text("# A model")
    shutil.copytree(out, tmp_path / "copy")
    assert dotmoe("generate", tmp_path / "copy", "--prompt", "ab", "--max-tokens", 1).code == 0
