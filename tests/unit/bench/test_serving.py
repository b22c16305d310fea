"""What the benchmarks of embed and rerank rest on: texts that can be compared, and arms that compute the same."""

import json
import statistics

import pytest

from bench import embed_flop_efficiency, embed_throughput, rerank_20
from bench.measure import CLEAN_ROUNDS_WANTED, interleave
from bench.serving import load
from bench.serving.texts import MOST_TOKENS, mixed, text


def test_rounds_have_the_same_lengths_and_never_the_same_text() -> None:
    one, other = mixed(96), mixed(96)
    assert sorted(len(item.split()) for item in one) == sorted(len(item.split()) for item in other)
    assert len({*one, *other}) == 192


def test_lengths_are_those_of_people() -> None:
    lengths = [len(item.split()) + 4 for item in mixed(200)]
    assert statistics.median(lengths) == pytest.approx(60, abs=5)
    assert max(lengths) <= MOST_TOKENS
    assert len(text(16).split()) == 12


def test_requests_are_in_openais_form() -> None:
    assert [json.loads(body)["input"] for body in load.bodies(["a", "b"])] == [["a"], ["b"]]


def test_arms_that_compute_something_else_are_not_compared() -> None:
    assert embed_throughput.cosine([0.6, 0.8], [0.6, 0.8]) == pytest.approx(1)
    with pytest.raises(ValueError, match="do not compute the same"):
        embed_throughput.cosine([1.0, 0.0], [0.0, 1.0])
    rerank_20.require_one_order([2, 0, 1], [0.5, 0.2, 0.9])
    with pytest.raises(ValueError, match="do not order alike"):
        rerank_20.require_one_order([1, 0, 2], [0.5, 0.2, 0.9])


def test_the_work_of_a_text_grows_with_its_tokens_and_a_little_more() -> None:
    short, long = embed_flop_efficiency.gigaflop(128, 1), embed_flop_efficiency.gigaflop(256, 1)
    assert short == pytest.approx(2 * 10.6e6 * 128 / 1e9, rel=0.1)
    assert 2 < long / short < 2.2


def test_a_comparison_that_takes_too_long_ends_with_as_many_rounds_as_it_needs() -> None:
    assert len(interleave(lambda: 1.0, lambda: 1.0, rounds=9, within=0).rounds) == CLEAN_ROUNDS_WANTED
