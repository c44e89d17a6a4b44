"""Layouts side by side from the command line: each converted once, judged at several k, and the Pareto front."""

import json

import pytest

from conftest import dotmoe

LAYOUTS = "8:2,4:1:64"


def arguments(toy, text, out, *flags, layouts=LAYOUTS):
    return ["sweep", toy, "--text", text, "--out", out, "--recipe", "toy", "--steps", 0, "--threads", 1,
            "--layouts", layouts, *flags]


@pytest.fixture(scope="module")
def swept(toy, text, tmp_path_factory):
    out = tmp_path_factory.mktemp("sweep") / "out"
    result = dotmoe(*arguments(toy, text, out, "--json"))
    assert result.code == 0, result.err
    return out, result.json


def test_each_layout_is_judged_at_its_ks(swept):
    out, answer = swept
    assert answer == json.loads((out / "sweep.json").read_text())
    points = {(p["layout"]["experts"], p["layout"]["shared"], p["active"]): p for p in answer["points"]}
    assert set(points) == {(8, 0, 1), (8, 0, 2), (8, 0, 3), (8, 0, 4), (4, 64, 1), (4, 64, 2)}
    for name, key in ("8-2-0", (8, 0, 2)), ("4-1-64", (4, 64, 1)):
        converted = json.loads((out / name / "metrics.json").read_text())
        assert points[key]["quality"]["perplexity"] == pytest.approx(converted["perplexity"]["converted"], rel=1e-5)
        assert points[key]["active_parameters"] == converted["active_parameters"]
    assert answer["dense"]["perplexity"] == pytest.approx(converted["perplexity"]["dense"], rel=1e-6)


def test_the_front_is_what_no_point_beats(swept):
    points = swept[1]["points"]
    assert [p["active_parameters"] for p in points] == sorted(p["active_parameters"] for p in points)
    for point in points:
        cheaper = [p for p in points if p is not point and p["active_parameters"] <= point["active_parameters"]]
        assert point["front"] == all(p["quality"]["perplexity"] > point["quality"]["perplexity"] for p in cheaper)


def test_what_is_done_is_not_done_again(swept, toy, text):
    out, _ = swept
    again = dotmoe(*arguments(toy, text, out))
    assert again.code == 0, again.err
    assert "windows" not in again.err and "layer-wise" not in again.err
    assert "8:2:0" in again.out and "front" in again.out and "dense" in again.out
    more = dotmoe(*arguments(toy, text, out, "--json", layouts="8:2"))
    assert more.code == 0 and len(more.json["points"]) == 4


def test_bad_layouts_are_refused(toy, text, tmp_path):
    out = tmp_path / "out"
    dotmoe(*arguments(toy, text, out, layouts="8")).assert_error(2, "E:k")
    dotmoe(*arguments(toy, text, out, layouts="8:2,8:2:0")).assert_error(2, "twice")
    dotmoe(*arguments(toy, text, out, layouts="8:9")).assert_error(2, "9")
    dotmoe(*arguments(toy, text, out, layouts="7:2")).assert_error(2, "7")
