"""What the program says of itself, and wrong usage."""

import pytest

from conftest import dotmoe

COMMANDS = ["inspect", "plan", "convert", "compare", "eval", "generate", "route", "experts", "export", "verify"]


def test_help_names_every_command():
    result = dotmoe("--help")
    assert result.code == 0 and result.err == ""
    for name in [*COMMANDS, "bench"]:
        assert f"\n  {name} " in result.out


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command(name):
    result = dotmoe(name, "--help")
    assert result.code == 0 and result.err == ""
    purpose = result.out.splitlines()[0]
    assert purpose.endswith(".") and len(purpose) < 100
    assert f"Usage: dotmoe {name}" in result.out
    assert f"Example:\n  dotmoe {name}" in result.out
    for flag in ("--json", "--threads", "--device"):
        assert flag in result.out
    assert max(map(len, result.out.splitlines())) <= 120


@pytest.mark.parametrize("name", ["sinkhorn", "rounding", "train"])
def test_help_of_a_measurement(name):
    out = dotmoe("bench", name, "--help").out
    assert f"Usage: dotmoe bench {name}" in out and f"Example:\n  dotmoe bench {name}" in out
    assert max(map(len, out.splitlines())) <= 120


def test_recipe_flags_have_a_group_of_their_own():
    for name in ("plan", "convert"):
        out = dotmoe(name, "--help").out
        recipe = out[out.index("\nRecipe:"):]
        for flag in ("--recipe", "--experts", "--active", "--shared", "--method", "--seed", "--steps", "--layer-steps"):
            assert flag in recipe
        for preset in ("toy", "quick", "laptop", "paper"):
            assert preset in recipe


def test_version():
    result = dotmoe("--version")
    assert result.code == 0
    assert result.out.split()[0] == "dotmoe" and result.out.split()[1][0].isdigit()


@pytest.mark.parametrize(
    "arguments, word",
    [
        ([], "subcommand"),
        (["fly"], "fly"),
        (["inspect"], "MODEL"),
        (["inspect", "x.gguf", "--wings"], "--wings"),
        (["inspect", "x.gguf", "--threads", "many"], "--threads"),
        (["plan", "x.gguf", "--device", "abacus"], "abacus"),
        (["plan", "x.gguf", "--recipe", "sloow"], "sloow"),
        (["plan", "x.gguf", "--experts", "0"], "experts"),
        (["plan", "x.gguf", "--method", "magic"], "magic"),
        (["compare", "x.gguf", "--text", "t", "--out", "o", "--methods", "transport,magic"], "magic"),
        (["compare", "x.gguf", "--text", "t", "--out", "o", "--seeds", "1,1"], "twice"),
        (["compare", "x.gguf", "--text", "t", "--out", "o", "--seed", "1"], "--seed"),
        (["convert", "x.gguf", "--out", "o"], "--text"),
        (["convert", "x.gguf", "--text", "t"], "--out"),
        (["export", "d", "--out", "o", "--format", "stone"], "stone"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(arguments, word):
    dotmoe(*arguments).assert_error(2, word)


def test_errors_are_json_too_where_json_was_asked_for():
    for arguments, code in ((["inspect", "nothing.gguf"], 1), (["inspect"], 2), (["plan", "x", "--wings"], 2)):
        result = dotmoe(*arguments, "--json")
        assert result.code == code
        assert len(result.errors) == 1
        assert "dotmoe: " + result.json["error"] == result.errors[0]
