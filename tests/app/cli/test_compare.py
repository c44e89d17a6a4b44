"""Methods side by side from the command line: each in its folder, done once, one table."""

import json
import signal
import statistics
import subprocess
import time

import pytest

from conftest import command, dotmoe, questions

METHODS, SEEDS = ["transport", "weights"], [3, 4]


def arguments(toy, text, out, *flags, steps=3):
    return ["compare", toy, "--text", text, "--out", out, "--recipe", "toy", "--steps", steps, "--threads", 1,
            "--methods", ",".join(METHODS), "--seeds", ",".join(map(str, SEEDS)), *flags]


@pytest.fixture(scope="module")
def compared(toy, text, tmp_path_factory):
    out = tmp_path_factory.mktemp("compare") / "out"
    result = dotmoe(*arguments(toy, text, out, "--json"))
    assert result.code == 0, result.err
    return out, result


def metrics(out, method, seed):
    return json.loads((out / f"{method}-{seed}" / "metrics.json").read_text())


def test_json_is_compare_json_and_gathers_the_conversions(compared):
    out, result = compared
    answer = result.json
    assert answer == json.loads((out / "compare.json").read_text())
    for stage, key in ("as_it_is", "layerwise"), ("trained", "converted"):
        rows = {row["method"]: row for row in answer[stage]}
        assert set(rows) == set(METHODS)
        for method, row in rows.items():
            values = [metrics(out, method, seed)["perplexity"][key] for seed in SEEDS]
            assert row["perplexity"]["seeds"] == pytest.approx(values)
            assert row["perplexity"]["mean"] == pytest.approx(statistics.mean(values))
            assert row["perplexity"]["stderr"] == pytest.approx(statistics.stdev(values) / 2**0.5)
        means = [row["perplexity"]["mean"] for row in answer[stage]]
        assert means == sorted(means)
        assert answer["verdict"][stage]["best"] == answer[stage][0]["method"]
    assert len({metrics(out, method, seed)["perplexity"]["layerwise"] for method in METHODS for seed in SEEDS}) == 4


def test_each_conversion_is_by_its_method_and_seed(compared):
    out, _ = compared
    for method in METHODS:
        for seed in SEEDS:
            recipe = (out / f"{method}-{seed}" / "recipe.toml").read_text()
            assert f'method = "{method}"' in recipe and f"seed = {seed}\n" in recipe
            assert metrics(out, method, seed)["method"] == method


def test_what_is_done_is_not_done_again(compared, toy, text):
    out, _ = compared
    before = {path: path.stat().st_mtime_ns for path in out.glob("*/experts.safetensors")}
    again = dotmoe(*arguments(toy, text, out))
    assert again.code == 0, again.err
    assert "layer-wise" not in again.err
    assert {path: path.stat().st_mtime_ns for path in out.glob("*/experts.safetensors")} == before
    for word in (*METHODS, "as it is", "trained", "dense", "is best with", "±"):
        assert word in again.out
    assert "is best with" in (out / "compare.md").read_text()


def test_single_neurons_are_not_converted_again_either(toy, text, tmp_path):
    """Of PEER the recipe that is kept has another layout than the one that was asked for."""
    words = ["compare", toy, "--text", text, "--out", tmp_path / "out", "--recipe", "toy", "--steps", 1, "--methods", "peer", "--seeds", 0]
    assert "layer-wise" in dotmoe(*words).err
    again = dotmoe(*words)
    assert again.code == 0 and "layer-wise" not in again.err and "peer" in again.out, again.err
    assert "experts = 224\n" in (tmp_path / "out" / "peer-0" / "recipe.toml").read_text()


def test_tasks_are_asked_of_each_conversion_once(compared, toy, text, task):
    """A conversion of its own answers as in `eval`; the dense model is asked once; kept answers are taken again
    until the questions change."""
    out, _ = compared
    words = task("words", questions(12))
    asked = dotmoe(*arguments(toy, text, out, "--tasks", words, "--json"))
    assert asked.code == 0, asked.err
    assert asked.err.count("words, dense") > 0 and "layer-wise" not in asked.err
    alone = {}
    for method in METHODS:
        for seed in SEEDS:
            alone[method, seed] = dotmoe("eval", out / f"{method}-{seed}", "--tasks", words, "--json").json["tasks"][0]
            kept = json.loads((out / f"{method}-{seed}" / "tasks.json").read_text())
            assert kept["figures"] == [alone[method, seed]]
    dense, = asked.json["tasks"]
    assert dense["dense"] == alone[METHODS[0], SEEDS[0]]["dense"] and "converted" not in dense
    for row in asked.json["trained"]:
        accuracies = [alone[row["method"], seed]["converted"]["acc"] for seed in SEEDS]
        assert row["tasks"][0]["acc"]["mean"] == pytest.approx(statistics.mean(accuracies))
    assert " words " in (out / "compare.md").read_text()

    again = dotmoe(*arguments(toy, text, out, "--tasks", words))
    assert again.code == 0 and "questions" not in again.err
    assert "12 questions" in again.out
    (out / "weights-3" / "tasks.json").write_text("{")
    fewer = dotmoe(*arguments(toy, text, out, "--tasks", words, "--questions", 5, "--json"))
    assert fewer.json["tasks"][0]["questions"] == 5 and "words, converted" in fewer.err


def test_a_task_that_is_not_there_is_refused_before_the_work(toy, text, tmp_path):
    dotmoe(*arguments(toy, text, tmp_path / "out", "--tasks", tmp_path)).assert_error(1, "requests.jsonl")
    assert not (tmp_path / "out").exists()


def test_another_recipe_needs_another_folder(compared, toy, text):
    out, _ = compared
    dotmoe(*arguments(toy, text, out, steps=4)).assert_error(2, "another", "--out")


def test_interrupt_then_the_same_command_goes_on(toy, text, tmp_path):
    out, log = tmp_path / "out", tmp_path / "log"
    with open(log, "wb") as err:
        process = subprocess.Popen(command(*arguments(toy, text, out, steps=20)), stdout=subprocess.PIPE, stderr=err)
        deadline = time.monotonic() + 240
        while not (out / "weights-3" / "checkpoint" / "state.safetensors").exists():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        stdout, _ = process.communicate(timeout=120)
    assert process.returncode == 130 and stdout == b""
    assert "the same command goes on" in log.read_text().splitlines()[-1]
    assert (out / "transport-3" / "experts.safetensors").exists()
    assert not (out / "weights-3" / "experts.safetensors").exists()

    result = dotmoe(*arguments(toy, text, out, "--json", steps=20))
    assert result.code == 0, result.err
    assert "conversion 1 of 3: weights, seed 3" in result.err and "resumed" in result.err
    assert len(result.json["trained"]) == 2
