"""eval --domains: mutual information of source and expert, recomputed by scipy from the counts."""

import numpy as np
import pytest
from scipy.stats import entropy

from conftest import dotmoe


def test_bits_are_those_of_the_counts(conversion, text):
    result = dotmoe("eval", conversion.folder, "--text", text, "--domains", "--limit", 4, "--window", 96, "--json")
    assert result.code == 0, result.err
    found = result.json["domains"]
    assert found["domains"] == ["essays", "linux", "novels", "perl", "python"]
    assert found["windows"] == [4] * 5
    assert found["entropy"] == pytest.approx(np.log2(5))
    assert len(found["layers"]) == len(conversion.result.json["layers"])
    for layer in found["layers"]:
        tokens = np.array(layer["tokens"])
        assert tokens.shape == (5, 16) and (tokens.sum(1) == 4 * 96 * 2).all()   # two experts a token
        joint = tokens / tokens.sum()
        domain, expert = joint.sum(1), joint.sum(0)
        bits = entropy(domain, base=2) + entropy(expert, base=2) - entropy(joint.ravel(), base=2)
        assert layer["bits"] + layer["by_chance"] == pytest.approx(bits)
        assert layer["share"] == pytest.approx(layer["bits"] / np.log2(5))
        told = [expert[e] * entropy(joint[:, e] / expert[e], domain) if expert[e] else 0 for e in range(16)]
        assert layer["expert"] == np.argmax(told)
        of_domain = joint[:, layer["expert"]] / expert[layer["expert"]]
        assert layer["expert_share"] == pytest.approx(of_domain[found["domains"].index(layer["domain"])])
    assert "domains" in result.err


def test_table_has_a_line_a_layer(conversion, text):
    out = dotmoe("eval", conversion.folder, "--text", text, "--domains", "--limit", 2, "--window", 64).out
    assert out.startswith("held-out text")
    table = out[out.index("I(domain; expert)"):].splitlines()
    assert len(table) == 1 + len(conversion.result.json["layers"])
    assert "essays, linux" in out


def test_what_has_no_domains_is_said(conversion, toy, text):
    dotmoe("eval", conversion.folder, "--domains").assert_error(2, "--text")
    dotmoe("eval", conversion.folder, "--domains", "--tasks", "x").assert_error(2, "--text")
    one = dotmoe("eval", conversion.folder, "--text", text / "novels", "--domains", "--limit", 1, "--window", 64)
    assert one.code == 1 and "novels" in one.errors[0]
    dense = dotmoe("eval", toy, "--text", text, "--domains", "--limit", 1, "--window", 64)
    assert dense.code == 2 and "convert it first" in dense.errors[0]
