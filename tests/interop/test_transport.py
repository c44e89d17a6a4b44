"""Sinkhorn against POT's sinkhorn_log, exact rounding against SciPy's assignment on the expanded problem."""

import numpy
import ot
import pytest
from scipy.optimize import linear_sum_assignment


def save(tmp_path, affinity):
    path = tmp_path / "affinity"
    path.write_bytes(numpy.ascontiguousarray(affinity, "<f8").tobytes())
    return path


def listed(capacities):
    return ",".join(map(str, capacities))


@pytest.mark.parametrize("temperature", [2.0, 0.5, 0.1])
@pytest.mark.parametrize("capacities", [[8, 8, 8, 8], [40, 12, 6, 6, 1], [3, 1]])
def test_sinkhorn_equals_pot(probe, tmp_path, capacities, temperature):
    neurons = sum(capacities)
    affinity = numpy.random.default_rng(neurons).normal(size=(neurons, len(capacities)))
    out = probe("sinkhorn", save(tmp_path, affinity), listed(capacities), temperature).stdout
    plan = numpy.frombuffer(out, "<f8").reshape(affinity.shape)
    rows, columns = numpy.ones(neurons), numpy.array(capacities, float)
    expected = ot.bregman.sinkhorn_log(rows, columns, -affinity, temperature, numItermax=20000, stopThr=1e-13)
    numpy.testing.assert_allclose(plan, expected, atol=1e-9)


def problem(seed):
    """Noise, integers with many ties, one column wanted by all, all equal, repeated rows: in turn."""
    rng = numpy.random.default_rng(seed)
    columns = int(rng.integers(2, 12))
    capacities = rng.integers(1, 9, columns)
    affinity = rng.normal(size=(capacities.sum(), columns))
    kind = seed % 5
    if kind == 1:
        affinity = numpy.round(affinity)
    elif kind == 2:
        affinity[:, rng.integers(columns)] += 10
    elif kind == 3:
        affinity[:] = -2.5
    elif kind == 4:
        affinity = numpy.repeat(affinity[:1], len(affinity), 0)
    return affinity, capacities


@pytest.mark.parametrize("seed", range(20))
def test_exact_rounding_is_as_good_as_scipy(probe, tmp_path, seed):
    affinity, capacities = problem(seed)
    owner = numpy.frombuffer(probe("round", "exact", save(tmp_path, affinity), listed(capacities)).stdout, "<i8")
    assert (numpy.bincount(owner, minlength=len(capacities)) == capacities).all()
    expanded = numpy.repeat(affinity, capacities, 1)   # a column for every place in an expert
    best = expanded[linear_sum_assignment(expanded, maximize=True)].sum()
    assert affinity[numpy.arange(len(owner)), owner].sum() == pytest.approx(best, abs=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_greedy_takes_pairs_in_the_order_of_their_score(probe, tmp_path, seed):
    affinity, capacities = problem(seed)
    owner = numpy.frombuffer(probe("round", "greedy", save(tmp_path, affinity), listed(capacities)).stdout, "<i8")
    expected, room = numpy.full(len(affinity), -1), capacities.copy()
    for entry in numpy.argsort(-affinity, axis=None, kind="stable"):
        neuron, column = divmod(int(entry), len(capacities))
        if expected[neuron] < 0 and room[column] > 0:
            expected[neuron] = column
            room[column] -= 1
    assert (owner == expected).all()
