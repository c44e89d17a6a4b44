"""A conversion that begins where another stood: the same result where nothing is changed, refused where its past is."""

import json
import signal
import subprocess

import pytest

from conftest import command, conversion_arguments, dotmoe, kept_step, wait_for
from test_bad_input import files_under


def fork_arguments(toy, text, parent, out, *flags) -> list:
    return ["convert", toy, "--text", text, "--out", out, "--fork", parent, "--threads", 1, *flags]


def experts(folder) -> bytes:
    return (folder / "experts.safetensors").read_bytes()


def parent_of(folder) -> dict:
    return json.loads((folder / "metrics.json").read_text())["parent"]


@pytest.mark.parametrize("state, step", [("layer-wise", 0), ("global", 20)])
def test_nothing_changed_gives_the_same_bytes(state, step, toy, text, conversion, tmp_path):
    out = tmp_path / "fork"
    result = dotmoe(*fork_arguments(toy, text, conversion.folder, out, "--fork-at", state))
    assert result.code == 0, result.err
    assert experts(out) == experts(conversion.folder)
    assert (out / "recipe.toml").read_text() == (conversion.folder / "recipe.toml").read_text()
    assert parent_of(out) == {"folder": str(conversion.folder), "state": state, "step": step, "changed": []}
    assert "parent" not in conversion.result.json
    assert "metric" not in result.err and ("distil" not in result.err) == (state == "global")   # phases not done again


def test_a_change_begins_at_the_latest_state_that_it_leaves_true(toy, text, conversion, tmp_path):
    rate = tmp_path / "rate"
    result = dotmoe(*fork_arguments(toy, text, conversion.folder, rate, "--set", "distill.affinity_lr=0.5"))
    assert result.code == 0, result.err
    assert experts(rate) != experts(conversion.folder)
    assert parent_of(rate)["state"] == "layer-wise"
    assert parent_of(rate)["changed"] == [{"setting": "distill.affinity_lr", "from": "0.01", "to": "0.5"}]

    recovered = tmp_path / "recovered"
    result = dotmoe(*fork_arguments(toy, text, rate, recovered, "--recover", 4, "--json"))
    assert result.code == 0, result.err
    parent = parent_of(recovered)
    assert (parent["folder"], parent["state"], parent["step"]) == (str(rate), "global", 20)
    assert parent["changed"] == [{"setting": "recover.steps", "from": "0", "to": "4"}]
    whole = tmp_path / "whole"   # the same in one piece
    result = dotmoe(*conversion_arguments(toy, text, whole), "--set", "distill.affinity_lr=0.5", "--recover", 4)
    assert result.code == 0, result.err
    assert experts(recovered) == experts(whole)
    assert (recovered / "weights.gguf").read_bytes() == (whole / "weights.gguf").read_bytes()


def test_from_the_checkpoint_of_an_unfinished_one(toy, text, conversion, tmp_path):
    stopped, out = tmp_path / "stopped", tmp_path / "fork"
    process = subprocess.Popen(command(*conversion_arguments(toy, text, stopped)), stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    wait_for(lambda: kept_step(stopped) >= 5, process)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=120) == 130

    result = dotmoe(*fork_arguments(toy, text, stopped, out))
    assert result.code == 0, result.err
    assert experts(out) == experts(conversion.folder)
    assert parent_of(out)["state"] == "checkpoint" and parent_of(out)["step"] >= 5
    assert not (out / "checkpoint").exists() and (stopped / "checkpoint").exists()

    result = dotmoe(*fork_arguments(toy, text, stopped, tmp_path / "short", "--steps", 2))   # fewer than it has done
    assert result.code == 0, result.err
    assert parent_of(tmp_path / "short")["state"] == "layer-wise"


def test_a_fork_that_was_interrupted_goes_on(toy, text, conversion, tmp_path):
    out = tmp_path / "fork"
    arguments = fork_arguments(toy, text, conversion.folder, out, "--steps", 40)
    process = subprocess.Popen(command(*arguments), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for((out / "checkpoint" / "state.safetensors").exists, process)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=120) == 130
    result = dotmoe(*arguments, "--resume")
    assert result.code == 0, result.err
    assert parent_of(out)["changed"] == [{"setting": "distill.steps", "from": "20", "to": "40"}]
    result = dotmoe(*conversion_arguments(toy, text, tmp_path / "whole", steps=40))
    assert experts(out) == experts(tmp_path / "whole")


@pytest.mark.parametrize("flags, code, words", [
    (["--active", 3], 2, ["layout.active = 2", "3"]),
    (["--seed", 8], 2, ["seed = 7", "8"]),
    (["--method", "random"], 2, ["method"]),
    (["--set", "layerwise.rounds=3"], 2, ["layerwise.rounds"]),
    (["--set", "text.window=64"], 2, ["text.window"]),
    (["--fork-at", "global", "--steps", 5], 2, ["distill.steps", "global"]),
    (["--fork-at", "checkpoint"], 2, ["checkpoint", "layer-wise"]),
    (["--fork-at", "nowhere"], 2, ["nowhere", "layer-wise"]),
    (["--set", "distill.best=1"], 2, ["distill.best"]),
])
def test_what_would_make_the_kept_state_false_is_refused(flags, code, words, toy, text, conversion, tmp_path):
    out = tmp_path / "fork"
    dotmoe(*fork_arguments(toy, text, conversion.folder, out, *flags)).assert_error(code, *words)
    assert not out.exists()


def test_other_text_no_conversion_and_the_folder_itself_are_refused(toy, text, conversion, tmp_path):
    out = tmp_path / "fork"
    before = experts(conversion.folder)
    dotmoe(*fork_arguments(toy, text / "essays", conversion.folder, out)).assert_error(1, "text")
    assert files_under(out) == []
    dotmoe(*fork_arguments(toy, text, tmp_path, out)).assert_error(1, "no state to fork from")
    dotmoe(*fork_arguments(toy, text, conversion.folder, conversion.folder)).assert_error(2, "--out")
    dotmoe("convert", toy, "--text", text, "--out", out, "--fork-at", "global").assert_error(2, "--fork")
    assert files_under(out) == [] and experts(conversion.folder) == before
