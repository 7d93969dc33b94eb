"""Figures that can be worked out by hand."""

import math

import pytest

from ai.evaluation import measures


def test_recalls_and_f1_count_each_label_the_same() -> None:
    truth, found = ["a", "a", "a", "b"], ["a", "a", "b", "b"]
    assert measures.accuracy(truth, found) == 0.75
    assert measures.recalls(truth, found) == {"a": pytest.approx(2 / 3), "b": 1.0}
    assert measures.macro_recall(truth, found) == pytest.approx(5 / 6)
    # a: precision 1, recall 2/3; b: precision 1/2, recall 1.
    assert measures.macro_f1(truth, found) == pytest.approx((0.8 + 2 / 3) / 2)


def test_a_label_that_is_never_found_has_no_f1() -> None:
    assert measures.macro_f1(["a", "b"], ["a", "a"]) == pytest.approx((2 / 3 + 0) / 2)
    assert measures.precision_recall([False, False], [False, False]) == (0.0, 0.0)


def test_auroc_counts_pairs_and_halves_for_equals() -> None:
    assert measures.auroc([3, 2], [1, 0]) == 1.0
    assert measures.auroc([0, 1], [2, 3]) == 0.0
    assert measures.auroc([1, 2], [1, 0]) == pytest.approx(3.5 / 4)
    assert math.isnan(measures.auroc([], [1]))


def test_ranks_become_hits_and_gains() -> None:
    ranks = [0, 1, 10]
    assert measures.hit_at(ranks, 1) == pytest.approx(1 / 3)
    assert measures.hit_at(ranks, 5) == pytest.approx(2 / 3)
    assert measures.ndcg_at(ranks, 10) == pytest.approx((1 + 1 / math.log2(3)) / 3)


def test_risk_is_read_from_the_surest_on() -> None:
    area, share = measures.risk_coverage([0.9, 0.8, 0.7, 0.6], [True, True, False, True])
    assert area == pytest.approx((0 + 0 + 1 / 3 + 1 / 4) / 4)
    assert share == 0.5
    assert measures.risk_coverage([0.9, 0.1], [False, True])[1] == 0.0


def test_an_interval_holds_its_mean_and_is_the_same_again() -> None:
    interval = measures.bootstrap([1.0] * 90 + [0.0] * 10)
    assert interval.mean == 0.9
    assert 0.82 < interval.low < 0.86
    assert 0.94 < interval.high < 0.97
    assert interval == measures.bootstrap([1.0] * 90 + [0.0] * 10)
    assert interval.as_percent().startswith("90.00 % (")
