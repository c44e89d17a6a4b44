"""eval, generate, route, export and verify on a conversion and on its dense model."""

import json
import shutil

import pytest

from conftest import ROOT, conversion_arguments, dotmoe


def test_eval_repeats_what_convert_found(conversion, text):
    """Same windows, same arithmetic: the figures of metrics.json, not merely near them."""
    found = dotmoe("eval", conversion.folder, "--text", text, "--limit", 16, "--json", "--threads", 1).json
    recorded = conversion.result.json
    for key in ("dense", "converted"):
        assert found["perplexity"][key] == pytest.approx(recorded["perplexity"][key], rel=1e-6)
    assert found["kl"] == pytest.approx(recorded["kl"], rel=1e-6)
    assert found["top1"] == pytest.approx(recorded["top1"])
    for ours, theirs in zip(found["layers"], recorded["layers"], strict=True):
        assert ours["error"] == pytest.approx(theirs["error"], rel=1e-6)
        assert ours["dead"] == theirs["dead"]
        assert ours["load_max"] == pytest.approx(theirs["load_max"], rel=1e-6)
        assert "greedy_gap" not in ours   # no affinity is kept in a conversion, and none is made up
    assert found["active_parameters"] == recorded["active_parameters"]


def test_eval_turns_the_dial(conversion, toy, text):
    arguments = ["eval", conversion.folder, "--text", text, "--limit", 8, "--active", 1, 2, 16, "--threads", 1]
    found = dotmoe(*arguments, "--json").json
    one, trained, every = found["active"]
    assert trained["quality"]["perplexity"] == found["perplexity"]["converted"]   # k as it was trained
    assert trained["active_parameters"] == found["active_parameters"]
    # All experts on is the dense model.
    assert every["quality"]["kl"] == pytest.approx(0, abs=1e-5) and every["active_neuron_share"] == 1
    assert one["quality"]["kl"] > trained["quality"]["kl"] > every["quality"]["kl"]
    assert "as trained" in dotmoe(*arguments).out
    dotmoe("eval", conversion.folder, "--text", text, "--active", 17).assert_error(2, "17")
    dotmoe("eval", toy, "--text", text, "--active", 2).assert_error(2, "dense")


def test_eval_of_the_dense_model(conversion, toy, text):
    found = dotmoe("eval", toy, "--text", text, "--limit", 4, "--window", 128, "--json").json
    assert found["perplexity"]["dense"] > 1
    assert "converted" not in found["perplexity"] and found["layers"] == []


def test_a_stride_scores_with_more_context(toy, text, tmp_path):
    passage = tmp_path / "passage.txt"
    passage.write_text(sorted((text / "novels").glob("*.txt"))[0].read_text()[:8000])

    def perplexity(*flags):
        result = dotmoe("eval", toy, "--text", passage, "--limit", 0, "--window", 64, *flags, "--json")
        assert result.code == 0, result.err
        return result.json["perplexity"]["dense"]

    assert perplexity("--stride", 64) == perplexity()
    assert perplexity("--stride", 16) < perplexity()
    dotmoe("eval", toy, "--text", passage, "--window", 64, "--stride", 65).assert_error(2, "65", "64")


def test_several_prompts_are_continued_at_once_as_each_alone(conversion):
    prompts, sampling = ["The ", "Once upon", "def "], ["--max-tokens", 12, "--temperature", 0.7]
    together = dotmoe("generate", conversion.folder, *(part for text in prompts for part in ("--prompt", text)), *sampling,
                      "--seed", 5, "--json").json["texts"]
    for place, prompt in enumerate(prompts):
        alone = dotmoe("generate", conversion.folder, "--prompt", prompt, *sampling, "--seed", 5 + place, "--json").json
        assert together[place]["text"] == alone["text"] and together[place]["tokens"] == alone["tokens"]
        assert together[place]["prompt"] == prompt
    shown = dotmoe("generate", conversion.folder, "--prompt", "The ", "--prompt", "Once upon", "--max-tokens", 4)
    assert shown.code == 0 and shown.out.index("[1] The ") < shown.out.index("[2] Once upon")


def test_generate_is_the_same_twice_and_streams_what_json_holds(conversion):
    arguments = ["generate", conversion.folder, "--prompt", "The ", "--max-tokens", 12]
    plain, again = dotmoe(*arguments), dotmoe(*arguments)
    assert plain.code == 0 and plain.err == ""
    assert plain.out == again.out
    generation = dotmoe(*arguments, "--json").json
    assert generation["text"] + "\n" == plain.out
    assert 1 <= generation["tokens"] <= 12
    sampled = dotmoe(*arguments, "--temperature", 1.5, "--seed", 3)
    assert sampled.out == dotmoe(*arguments, "--temperature", 1.5, "--seed", 3).out
    assert sampled.out != dotmoe(*arguments, "--temperature", 1.5, "--seed", 4).out


def test_route_gives_k_experts_for_every_token_of_every_layer(conversion):
    prompt = "The moon, é and 月."
    routing = dotmoe("route", conversion.folder, "--prompt", prompt, "--json").json
    assert "".join(routing["tokens"]).replace("\ufffd", "") in prompt.replace("é", "").replace("月", "") or (
        "".join(routing["tokens"]) == prompt
    )
    layers = len(conversion.result.json["layers"])
    assert len(routing["expert"]) == len(routing["probability"]) == routing["layers"] == layers
    for experts, probabilities in zip(routing["expert"], routing["probability"]):
        assert len(experts) == len(probabilities) == len(routing["tokens"])
        for chosen, p in zip(experts, probabilities):
            assert len(set(chosen)) == routing["active"] == 2
            assert all(0 <= expert < routing["experts"] for expert in chosen)
            assert p == sorted(p, reverse=True) and 0 < sum(p) <= 1 + 1e-6
    one = dotmoe("route", conversion.folder, "--prompt", prompt, "--layer", 0)
    assert one.out.count("layer ") == 1
    dotmoe("route", conversion.folder, "--prompt", prompt, "--layer", 99).assert_error(2, "99")


def test_a_dense_model_has_no_routes(toy):
    dotmoe("route", toy, "--prompt", "a").assert_error(2, "toy.gguf", "convert")


@pytest.fixture
def copy(conversion, tmp_path):
    return shutil.copytree(conversion.folder, tmp_path / "copy")


def test_a_damaged_conversion_is_refused(copy):
    experts = copy / "experts.safetensors"
    experts.write_bytes(experts.read_bytes()[:-100])
    dotmoe("generate", copy, "--prompt", "a").assert_error(1, "experts.safetensors")


def test_a_model_that_moved_is_named_by_source(conversion, toy, smollm2, tmp_path):
    moved = tmp_path / "moved.gguf"
    shutil.copy(toy, moved)
    arguments = ["generate", conversion.folder, "--prompt", "The ", "--max-tokens", 2]
    assert dotmoe(*arguments, "--source", moved).out == dotmoe(*arguments).out
    dotmoe(*arguments, "--source", smollm2).assert_error(1, "SmolLM2")
    dotmoe(*arguments, "--source", tmp_path / "gone.gguf").assert_error(1, "gone.gguf", "--source")


@pytest.fixture(scope="session")
def exported(conversion, tmp_path_factory):
    folder = tmp_path_factory.mktemp("export") / "huggingface"
    result = dotmoe("export", conversion.folder, "--out", folder, "--json")
    assert result.code == 0, result.err
    return folder, result.json


def test_export_then_verify(conversion, exported):
    folder, told = exported
    assert told["architecture"] == json.loads((folder / "config.json").read_text())["architectures"][0]
    receipt = dotmoe("verify", folder, "--against", conversion.folder, "--json")
    assert receipt.code == 0, receipt.err
    assert receipt.json["passed"] is True
    assert receipt.json == json.loads((folder / "receipt.json").read_text())
    assert "\npassed: " in dotmoe("verify", folder, "--against", conversion.folder).out


def test_renormalised_conversions_export_exactly(toy, text, tmp_path):
    recipe = tmp_path / "recipe.toml"
    recipe.write_text((ROOT / "resources/recipes/toy.toml").read_text() + '\n[routing]\nrule = "renormalised"\n')
    out, exported = tmp_path / "out", tmp_path / "exported"
    assert dotmoe(*conversion_arguments(toy, text, out, steps=3, recipe=recipe)).code == 0
    assert dotmoe("export", out, "--format", "huggingface", "--out", exported).code == 0
    figures = dotmoe("verify", exported, "--against", out, "--json").json
    assert figures["passed"] and figures["equivalence"] == "exact"

    recipe.write_text(recipe.read_text().replace("renormalised", "switch"))
    assert dotmoe(*conversion_arguments(toy, text, tmp_path / "switch", steps=0, recipe=recipe)).code == 0
    dotmoe("export", tmp_path / "switch", "--out", tmp_path / "never").assert_error(1, "routing.rule")


def test_export_never_overwrites(conversion, exported):
    folder, _ = exported
    dotmoe("export", conversion.folder, "--out", folder).assert_error(1, str(folder))


def test_a_damaged_export_does_not_pass(conversion, exported, tmp_path):
    damaged = shutil.copytree(exported[0], tmp_path / "damaged")
    weights = damaged / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-64])
    result = dotmoe("verify", damaged, "--against", conversion.folder, "--json")
    assert result.code == 1 and len(result.errors) == 1
    assert result.json["passed"] is False
    assert result.json["verdict"] in result.errors[0] and "model.safetensors" in result.errors[0]


def test_verify_without_an_export(conversion, tmp_path):
    dotmoe("verify", tmp_path / "nowhere", "--against", conversion.folder).assert_error(1, "nowhere")


def test_bench_measures_and_reports():
    result = dotmoe("bench", "sinkhorn", "--neurons", "96", "--columns", "6", "--repeats", "1", "--json")
    assert result.code == 0
    found = json.loads(result.out)
    assert found["plain"]["iterations"] == 50 and found["problem"]["neurons"] == 96
    # The same accuracy in fewer iterations, cold and after a step.
    assert found["newton"]["residual"] <= max(found["plain"]["residual"], 1e-6)
    assert found["warm"]["iterations"] <= found["newton"]["iterations"] < 50
    assert found["backward_seconds"] > 0

    result = dotmoe("bench", "rounding", "--neurons", "96", "--columns", "6", "--repeats", "1", "--json")
    assert result.code == 0
    assert 0 < json.loads(result.out)["greedy_gap"] < 1

    result = dotmoe("bench", "rounding", "--neurons", "97", "--columns", "6")
    assert result.code == 2 and "97" in result.err


def test_bench_runtime_takes_several_texts(toy, conversion):
    shape = ["--prompt", 16, "--tokens", 4, "--repeats", 1]
    found = dotmoe("bench", "runtime", toy, "--converted", conversion.folder, *shape, "--texts", 3, "--json").json
    assert found["texts"] == 3 and len(found["models"]) == 2
    assert all(model["tokens_per_second"] > 0 and model["bandwidth_share"] == 0 for model in found["models"])
    alone = dotmoe("bench", "runtime", toy, *shape, "--json").json
    assert alone["texts"] == 1 and alone["models"][0]["bandwidth_share"] > 0
    for flag in ("--prompt", "--tokens", "--texts", "--repeats"):
        dotmoe("bench", "runtime", toy, flag, 0).assert_error(2, flag)


def test_bench_ffn_times_each_way_to_compute_a_layer():
    shape = ["--width", 64, "--neurons", 256, "--expert-neurons", "16,32", "--tokens", "1,24", "--repeats", 1]
    found = dotmoe("bench", "ffn", *shape, "--device", "cpu", "--json").json
    ways = ["dense"] + 2 * ["masked", "grouped"] + ["dense, CPU runtime"] + 2 * ["CPU runtime"]
    assert [(row["tokens"], row["name"]) for row in found["rows"]] == [(t, way) for t in (1, 24) for way in ways]
    for row in found["rows"]:
        assert row["experts"] * row["expert_neurons"] == 256
        assert row["active"] == (1 if row["experts"] == 1 else row["experts"] // 4)
        assert row["seconds"] > 0 and row["peak_share"] > 0
    dense, sparse = found["rows"][0], found["rows"][1]
    assert sparse["speedup"] == pytest.approx(dense["seconds"] / sparse["seconds"])
    # Three products of [1, 64] and [64, 64], and one of the router's [64, 16].
    needed = 2 * 64 * (3 * 64 + 16)
    assert sparse["peak_share"] == pytest.approx(needed / sparse["seconds"] / found["peak"])
    dotmoe("bench", "ffn", "--expert-neurons", 100).assert_error(2, "11008 neurons do not divide")
    dotmoe("bench", "ffn", "--tokens", 0).assert_error(2, "tokens")


def test_bench_train_times_steps_of_the_model(toy):
    result = dotmoe("bench", "train", toy, "--recipe", "toy", "--steps", "3", "--json")
    assert result.code == 0, result.err
    found = result.json
    assert found["steps"] == 3 and found["step_tokens"] > 0
    assert found["tokens_per_second"] == pytest.approx(found["step_tokens"] / found["step_seconds"])
    assert 0 < found["transport_share"] < 1 and found["sinkhorn_iterations"] >= 1
    assert found["peak_memory_bytes"] > 1e7
    assert "tokens/s" in dotmoe("bench", "train", toy, "--recipe", "toy", "--steps", "1").out
    dotmoe("bench", "train", toy, "--recipe", "toy", "--steps", "0").assert_error(2, "steps")
