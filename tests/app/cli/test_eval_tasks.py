"""eval --tasks: questions asked of a conversion and of its dense model, side by side."""

import json
import signal
import subprocess

import pytest

from conftest import command, dotmoe, questions


def test_words_are_likelier_than_heaps_of_letters(conversion, task):
    found = dotmoe("eval", conversion.folder, "--tasks", task("words", questions(30)), task("letters", questions(30, right=1), packed=True),
                   "--questions", 20, "--json")
    assert found.code == 0, found.err
    assert set(found.json) == {"tasks"}, "without a text there is no perplexity"
    words, letters = found.json["tasks"]
    assert (words["task"], words["questions"], words["chance"]) == ("words", 20, 0.5)
    assert letters["task"] == "letters"
    for model in ("dense", "converted"):
        assert words[model]["acc"] > 0.9
        assert letters[model]["acc"] == pytest.approx(1 - words[model]["acc"])
        assert letters[model]["acc_norm"] == pytest.approx(1 - words[model]["acc_norm"])
        for key in ("acc", "acc_norm"):
            share = words[model][key]
            assert words[model][key + "_stderr"] == pytest.approx((share * (1 - share) / 19) ** 0.5)
    assert "words, dense" in found.err and "20/20 questions" in found.err and "letters, converted" in found.err


def test_tasks_stand_beside_text(conversion, toy, text, task):
    folder = task("words", questions(5))
    both = dotmoe("eval", conversion.folder, "--tasks", folder, "--text", text, "--limit", 2)
    assert both.code == 0, both.err
    assert both.out.index("held-out text") < both.out.index("converted: acc") and "±" in both.out
    dense = dotmoe("eval", toy, "--tasks", folder, "--questions", 0, "--json").json["tasks"][0]
    assert dense["questions"] == 5 and "converted" not in dense
    assert "converted" not in dotmoe("eval", toy, "--tasks", folder).out


def test_what_is_wrong_with_a_task_is_one_line(toy, task, tmp_path):
    dotmoe("eval", toy).assert_error(2, "--text", "--tasks")
    dotmoe("eval", toy, "--tasks", tmp_path / "nowhere").assert_error(1, "nowhere", "requests.jsonl")
    dotmoe("eval", toy, "--tasks", task("empty", "")).assert_error(1, "empty", "no question")
    good = questions(2)
    dotmoe("eval", toy, "--tasks", task("broken", good + "{\n")).assert_error(1, "requests.jsonl:5", "JSON")
    keyless = good.replace('"label": 0, ', "", 1)
    dotmoe("eval", toy, "--tasks", task("keyless", keyless)).assert_error(1, "requests.jsonl:1", "label")
    long = good.replace("It was", "It was " * 5 + "x" * 5000, 1)
    assert dotmoe("eval", toy, "--tasks", task("long", long), "--json").code == 0, "a long context is shortened"


def test_interrupt_ends_the_questions(toy, task):
    arguments = command("eval", toy, "--tasks", task("few", questions(2)), task("many", questions(20000)), "--questions", 0)
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    first = process.stderr.readline()   # the few are done, the many under way
    assert "few, dense" in first
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == "" and err.splitlines()[-1] == "dotmoe: interrupted"
