"""inspect against the gguf package, and plan's arithmetic."""

import re

import gguf
import pytest

from conftest import dotmoe


@pytest.mark.parametrize("which", ["toy", "smollm2"])
def test_inspect_agrees_with_the_gguf_package(which, request):
    path = request.getfixturevalue(which)
    found = dotmoe("inspect", path, "--json").json
    reader = gguf.GGUFReader(path)

    expected = [
        {
            "name": tensor.name,
            "type": tensor.tensor_type.name,
            "shape": [int(size) for size in reversed(tensor.shape)],
            "bytes": int(tensor.n_bytes),
        }
        for tensor in reader.tensors
    ]
    by_name = lambda tensor: tensor["name"]
    assert sorted(found["tensors"], key=by_name) == sorted(expected, key=by_name)
    assert found["parameters"] == sum(int(tensor.n_elements) for tensor in reader.tensors)
    assert found["file_bytes"] == path.stat().st_size
    field = lambda key: reader.fields[f"llama.{key}"].contents()
    assert found["layers"] == field("block_count")
    assert found["width"] == field("embedding_length")
    assert found["neurons"] == field("feed_forward_length")
    assert found["heads"] == field("attention.head_count")
    assert found["kv_heads"] == field("attention.head_count_kv")
    assert found["ffn_parameters"] == 3 * found["layers"] * found["width"] * found["neurons"]
    assert found["convertible"] is True and found["refusal"] == ""


def test_inspect_for_people(smollm2):
    result = dotmoe("inspect", smollm2, "--tensors")
    assert result.code == 0 and result.err == ""
    for fact in ("llama", "30", "576", "1536", "49152", "134.5 M", "Q4_1", "blk.29.ffn_down.weight", "convertible"):
        assert fact in result.out


def test_plan_counts_what_a_token_uses(smollm2):
    estimate = dotmoe("plan", smollm2, "--json", "--experts", 84, "--active", 12, "--shared", 192).json
    assert estimate["active_neuron_share"] == 0.25
    assert estimate["active_parameters"] == 134515008 - 0.75 * 3 * 30 * 576 * 1536 + 30 * 576 * 84
    assert estimate["memory_bytes"] > 134515008 * 2
    assert estimate["seconds"] > 0 and estimate["disk_bytes"] > 0


def test_plan_is_corrected_by_a_probe(toy, text, tmp_path):
    flags = toy, "--recipe", "toy", "--fit", 4, "--recover", 9, "--threads", 1
    result = dotmoe("plan", *flags, "--probe", "--text", text, "--json")
    assert result.code == 0, result.err
    assert all(re.search(rf"^{phase} +\d", result.err, re.MULTILINE) for phase in ("distil", "fit", "recover"))
    estimate = result.json
    names = [phase["phase"] for phase in estimate["phases"]]
    assert names == ["load", "judge", "metric", "layer-wise", "global", "fit", "recovery", "finish"]
    for phase in estimate["phases"]:
        sample = phase["sample"]
        assert sample["factor"] == pytest.approx(sample["seconds"] / sample["predicted"])
        assert phase["seconds"] == pytest.approx(phase["predicted"] * sample["factor"])
    assert estimate["seconds"] == pytest.approx(sum(phase["seconds"] for phase in estimate["phases"]))
    assert estimate["memory_bytes"] >= estimate["probe"]["memory_bytes"] > toy.stat().st_size
    assert estimate["probe"]["seconds"] > sum(phase["sample"]["seconds"] for phase in estimate["phases"][2:6])

    plain = dotmoe("plan", *flags, "--json").json
    assert [phase["phase"] for phase in plain["phases"]] == names
    assert "probe" not in plain and not any("sample" in phase for phase in plain["phases"])
    for_people = dotmoe("plan", *flags, "--probe", "--text", text)
    assert "measured in" in for_people.out and "layer-wise" in for_people.out
    dotmoe("plan", *flags, "--probe").assert_error(2, "--text")
    dotmoe("plan", *flags, "--probe", "--text", tmp_path / "nowhere").assert_error(1, "nowhere")


def test_flags_override_the_recipe(smollm2, tmp_path):
    recipe = tmp_path / "mine.toml"
    recipe.write_text("[distill]\nsteps = 3\nsequences = 2\n[text]\nwindow = 100\ncalibration_windows = 5\n")
    tokens = lambda *flags: dotmoe("plan", smollm2, "--json", "--recipe", recipe, *flags).json["train_tokens"]
    assert tokens() == 5 * 100 + 3 * 2 * 100
    assert tokens("--steps", 11) == 5 * 100 + 11 * 2 * 100
