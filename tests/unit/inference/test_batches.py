"""Token-budget batches."""

from hypothesis import given
from hypothesis import strategies as st
from inference.batches import RUN_TOKENS, next_batch, padded

LENGTHS = st.lists(st.integers(1, 600), min_size=1, max_size=60)
BUDGET = st.integers(64, 4096)
STEP = st.sampled_from([1, 8])


@given(LENGTHS, BUDGET, STEP)
def test_whoever_has_waited_longest_runs_now_and_nobody_runs_twice(lengths: list[int], budget: int, step: int) -> None:
    batch = next_batch(lengths, budget, step)
    assert 0 in batch
    assert len(set(batch)) == len(batch)
    assert set(batch) <= set(range(len(lengths)))


@given(LENGTHS, BUDGET, STEP)
def test_padded_tokens_stay_within_the_budget_unless_one_sequence_alone_is_larger(
    lengths: list[int], budget: int, step: int
) -> None:
    batch = next_batch(lengths, budget, step)
    assert len(batch) == 1 or max(padded(lengths[index], step) for index in batch) * len(batch) <= budget


@given(LENGTHS, BUDGET, STEP)
def test_padding_wastes_less_than_runs_of_their_own_would_cost(lengths: list[int], budget: int, step: int) -> None:
    batch = next_batch(lengths, budget, step)
    sizes = [padded(lengths[index], step) for index in batch]
    assert max(sizes) * len(sizes) - sum(sizes) <= RUN_TOKENS * (len(sizes) - 1)


@given(st.integers(1, 10_000), STEP)
def test_padding_goes_to_the_next_whole_step(length: int, step: int) -> None:
    assert 0 <= padded(length, step) - length < step
    assert padded(length, step) % step == 0


def test_neighbours_in_length_share_a_batch() -> None:
    assert sorted(next_batch([100, 10, 100, 10], 512)) == [0, 2]
    assert sorted(next_batch([10, 100, 100, 10], 512)) == [0, 3]
