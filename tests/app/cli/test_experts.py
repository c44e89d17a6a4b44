"""experts: the figures of a layer's experts, recomputed by numpy and scipy from the counts of eval --domains."""

import numpy as np
import pytest
from scipy.stats import entropy

from conftest import dotmoe

WINDOWS = ("--limit", 4, "--window", 96)


def profile(conversion, text, *flags):
    result = dotmoe("experts", conversion.folder, "--text", text, *WINDOWS, *flags, "--json")
    assert result.code == 0, result.err
    return result.json


def test_figures_are_those_of_the_counts(conversion, text):
    domains = dotmoe("eval", conversion.folder, "--text", text, "--domains", *WINDOWS, "--json").json["domains"]
    for layer in (0, len(domains["layers"]) - 1):
        found = profile(conversion, text, "--layer", layer)
        counts = np.array(domains["layers"][layer]["tokens"])
        assert found["layer"] == layer and found["domains"] == domains["domains"]
        assert found["domain_tokens"] == [4 * 96] * 5
        assert found["tokens"] == counts.sum(0).tolist()
        assert found["load"] == pytest.approx(counts.sum(0) / counts.sum(0).mean())
        assert found["load_entropy"] == pytest.approx(entropy(counts.sum(0), base=2))
        alive = counts.sum(0) > 0
        affinity = np.array(found["affinity"], float)
        assert affinity[:, alive] == pytest.approx(counts[:, alive] / counts.sum(0)[alive] * 5, rel=1e-5)
        assert np.array(found["domain_entropy"], float)[alive] == pytest.approx(
            entropy(counts[:, alive], base=2, axis=0), abs=1e-5)


def test_choices_correlate_as_two_a_token_must(conversion, text):
    found = profile(conversion, text)
    correlation, share = np.array(found["correlation"], float), np.array(found["tokens"]) / (20 * 96)
    alive = share > 0
    spread = np.sqrt(share * (1 - share))[alive]
    correlation = correlation[alive][:, alive]
    assert np.diag(correlation) == pytest.approx(1, abs=1e-5)
    assert correlation == pytest.approx(correlation.T)
    assert correlation @ spread == pytest.approx(0, abs=1e-4)   # a token's two choices: their number does not vary


def test_top_tokens_stand_in_the_text(conversion, text):
    found = profile(conversion, text)
    everything = "".join(path.read_text(errors="replace") for path in sorted(text.rglob("*")) if path.is_file())
    for tokens, uses in zip(found["top"], found["tokens"], strict=True):
        assert len(tokens) == min(12, uses)
        probabilities = [token["probability"] for token in tokens]
        assert probabilities == sorted(probabilities, reverse=True)
        for token in tokens[:2]:
            whole = token["before"] + token["token"] + token["after"]
            assert "�" in whole or whole in everything


def test_table_and_tokens_of_an_expert(conversion, text):
    found = profile(conversion, text, "--layer", 1)
    expert = int(np.argmax(found["tokens"]))
    out = dotmoe("experts", conversion.folder, "--text", text, *WINDOWS, "--layer", 1, "--expert", expert).out
    table, tokens = out.split("\n\n")
    assert table.startswith("layer 1: 16 experts, 2 a token")
    assert len(table.splitlines()) == 2 + 16
    assert len(tokens.splitlines()) == 12 and all("[" in line and "]" in line for line in tokens.splitlines())


def test_what_is_not_there_is_said(conversion, toy, text, tmp_path):
    arguments = ("experts", conversion.folder, "--text", text, *WINDOWS)

    def refused(code, *words, arguments):
        result = dotmoe(*arguments)
        assert result.code == code and result.out == "" and len(result.errors) == 1
        for word in words:
            assert word in result.errors[0]

    refused(2, "--layer 99", "0 to", arguments=(*arguments, "--layer", 99))
    refused(2, "--layer -1", arguments=(*arguments, "--layer", -1))
    refused(2, "--expert 16", "0 to 15", arguments=(*arguments, "--expert", 16))
    refused(2, "convert it first", arguments=("experts", toy, "--text", text))
    refused(2, "--text", arguments=("experts", conversion.folder))
    refused(1, "nowhere", arguments=("experts", conversion.folder, "--text", tmp_path / "nowhere"))
