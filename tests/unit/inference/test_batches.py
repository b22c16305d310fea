"""Token-budget batches."""

from hypothesis import given
from hypothesis import strategies as st
from inference.batches import plan_batches

LENGTHS = st.lists(st.integers(1, 600), max_size=60)


@given(LENGTHS, st.integers(1, 4096))
def test_every_sequence_is_in_exactly_one_batch(lengths: list[int], budget: int) -> None:
    indices = [index for batch in plan_batches(lengths, budget) for index in batch]
    assert sorted(indices) == list(range(len(lengths)))


@given(LENGTHS, st.integers(1, 4096))
def test_padded_tokens_stay_within_the_budget_unless_one_sequence_alone_is_larger(
    lengths: list[int], budget: int
) -> None:
    for batch in plan_batches(lengths, budget):
        assert len(batch) == 1 or max(lengths[index] for index in batch) * len(batch) <= budget


def test_neighbours_in_length_share_a_batch() -> None:
    assert plan_batches([100, 10, 100, 10], 200) == [[0, 2], [1, 3]]
