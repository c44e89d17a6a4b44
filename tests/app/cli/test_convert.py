"""The main job from the command line: reproducible, interruptible, told on stderr and judged on stdout."""

import json
import os
import pathlib
import pty
import signal
import subprocess

import gguf
import pytest

from safetensors.numpy import load_file

from conftest import ROOT, command, conversion_arguments, dotmoe, wait_for


def load_gguf(path) -> dict:
    return {tensor.name: tensor.data for tensor in gguf.GGUFReader(path).tensors}


def experts(folder) -> bytes:
    return (folder / "experts.safetensors").read_bytes()


def test_json_is_metrics_json(conversion):
    metrics = conversion.result.json
    assert metrics == json.loads((conversion.folder / "metrics.json").read_text())
    assert set(metrics["perplexity"]) >= {"dense", "converted", "layerwise", "random_layerwise", "stderr"}
    assert metrics["seed"] == 7
    assert all(metrics["speed"][model][phase] > 0 for model in ("dense", "converted") for phase in ("prompt", "generation"))
    layers = metrics["layers"]
    assert layers and all(set(layer) >= {"error", "load_max", "dead", "greedy_gap"} for layer in layers)
    assert not (conversion.folder / "checkpoint").exists()


def test_progress_goes_to_stderr_in_plain_lines(conversion):
    err = conversion.result.err
    assert "layer-wise" in err and "distil" in err and "held-out" in err
    assert "\r" not in err and "\033" not in err
    assert "warning" not in err
    assert conversion.result.errors == []


def test_rates_that_are_far_too_high_are_warned_of(toy, text, tmp_path):
    rates = ("router_lr=1", "affinity_lr=1", "clip=1000", "balance_weight=0", "load_floor=0")
    settings = [flag for rate in rates for flag in ("--set", f"distill.{rate}")]
    result = dotmoe(*conversion_arguments(toy, text, tmp_path / "badly", steps=16), *settings)
    assert result.code == 0, result.err
    warnings = [line for line in result.err.splitlines() if line.startswith("warning: Step ")]
    assert any("KL to the dense model has risen" in line and "recipe.toml" in line for line in warnings), result.err


def test_same_seed_same_experts(toy, text, conversion, tmp_path):
    result = dotmoe(*conversion_arguments(toy, text, tmp_path / "again"))
    assert result.code == 0, result.err
    assert experts(tmp_path / "again") == experts(conversion.folder)
    for word in ("perplexity", "dense", "converted", "layer"):
        assert word in result.out


def test_method_and_routing_are_those_of_the_flags(toy, text, tmp_path):
    flags = "--method", "random", "--routing", "renormalised"
    result = dotmoe(*conversion_arguments(toy, text, tmp_path / "other", steps=1), *flags, "--json")
    assert result.code == 0, result.err
    recipe = (tmp_path / "other" / "recipe.toml").read_text()
    assert 'method = "random"' in recipe and 'rule = "renormalised"' in recipe
    assert result.json["method"] == "random"
    for flag, known in ("--method", "random"), ("--routing", "renormalised"):
        dotmoe(*conversion_arguments(toy, text, tmp_path / "none"), flag, "best").assert_error(2, "best", known)


def test_constraints_are_kept(toy, text, conversion, tmp_path):
    owner = load_file(conversion.folder / "experts.safetensors")["layers.0.owner"]
    freed = int((owner == 0).nonzero()[0][0])                # a shared neuron, not wanted there
    held = int(((owner != 0) & (owner != 3)).nonzero()[0][0])   # one of another expert than 2, wanted in it: column 3
    recipe = tmp_path / "recipe.toml"
    recipe.write_text((ROOT / "resources/recipes/toy.toml").read_text() + f"""
[constraints]
pin = [{{ layer = 0, neuron = {held}, expert = 2 }}]
forbid = [{{ layer = 0, neuron = {freed}, expert = -1 }}]
""")
    out = tmp_path / "held"
    result = dotmoe(*conversion_arguments(toy, text, out, steps=5, recipe=recipe), "--json")
    assert result.code == 0, result.err
    owner = load_file(out / "experts.safetensors")["layers.0.owner"]
    assert owner[held] == 3 and owner[freed] != 0
    assert "greedy_gap" not in result.json["layers"][0]

    recipe.write_text(recipe.read_text().replace("layer = 0", "layer = 99"))
    dotmoe(*conversion_arguments(toy, text, tmp_path / "never", recipe=recipe)).assert_error(2, "layer 99")


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_interrupt_in_the_global_phase_then_resume(signal_number, toy, text, conversion, tmp_path):
    out, log = tmp_path / "out", tmp_path / "log"
    arguments = conversion_arguments(toy, text, out)
    with open(log, "wb") as err:
        process = subprocess.Popen(command(*arguments), stdout=subprocess.PIPE, stderr=err)
        checkpoint = out / "checkpoint" / "state.safetensors"
        wait_for(lambda: b"held-out, layerwise" in log.read_bytes() and checkpoint.exists(), process)
        process.send_signal(signal_number)
        stdout, _ = process.communicate(timeout=120)
    lines = log.read_text().splitlines()
    assert process.returncode == 130, lines
    assert stdout == b""
    assert lines[-1].startswith("dotmoe: ") and "--resume" in lines[-1]
    assert checkpoint.exists() and not (out / "experts.safetensors").exists()
    assert not list(out.rglob("*.partial"))

    result = dotmoe(*arguments, "--resume")
    assert result.code == 0, result.err
    assert "resumed" in result.err
    assert experts(out) == experts(conversion.folder)


def test_resume_with_another_recipe_is_refused(toy, text, tmp_path):
    out = tmp_path / "out"
    arguments = conversion_arguments(toy, text, out)
    process = subprocess.Popen(command(*arguments), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for((out / "checkpoint" / "state.safetensors").exists, process)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=120) == 130
    dotmoe(*arguments, "--resume", "--active", 3).assert_error(1, "checkpoint")


def watches_for_interrupts(process) -> bool:
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    blocked = int(next(line for line in status.splitlines() if line.startswith("SigBlk:")).split()[1], 16)
    return bool(blocked & 1 << signal.SIGINT - 1)


def test_interrupt_where_there_is_nothing_to_keep(smollm2, text):
    process = subprocess.Popen(command("eval", smollm2, "--text", text, "--limit", 64),
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wait_for(lambda: watches_for_interrupts(process), process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.decode().splitlines()[-1] == "dotmoe: interrupted"


def test_on_a_terminal_progress_is_one_rewritten_line(toy, text, tmp_path):
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command(*conversion_arguments(toy, text, tmp_path / "out", steps=3)),
                               stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:   # EIO: the other side closed
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    assert process.wait(timeout=60) == 0
    assert b"\r\033[K" in shown and b"ETA" in shown
    assert shown.endswith(b"\n")


def test_recovered_weights_are_used_by_every_command(toy, text, conversion, tmp_path):
    out = tmp_path / "recovered"
    result = dotmoe(*conversion_arguments(toy, text, out), "--fit", 8, "--recover", 8, "--json")
    assert result.code == 0, result.err
    assert "recover" in result.err and result.errors == []
    stages = result.json["stages"]
    assert stages["converted"]["kl"] < stages["aligned"]["kl"] == pytest.approx(
        conversion.result.json["stages"]["converted"]["kl"], rel=0.05)   # the same run up to there
    weights = load_gguf(out / "weights.gguf")
    assert (weights["blk.0.ffn_up.weight"] != load_gguf(toy)["blk.0.ffn_up.weight"]).any()

    judged = dotmoe("eval", out, "--text", text, "--limit", 16, "--json").json
    assert judged["kl"] == pytest.approx(result.json["kl"], rel=1e-3)
    exported = dotmoe("export", out, "--format", "huggingface", "--out", tmp_path / "hf")
    assert exported.code == 0, exported.err
    assert dotmoe("verify", tmp_path / "hf", "--against", out).code == 0
    (out / "weights.gguf").write_bytes(b"GGUF")
    refused = dotmoe("eval", out, "--text", text)
    assert refused.code == 1 and "weights.gguf" in refused.errors[0] and len(refused.errors) == 1
