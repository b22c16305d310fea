"""Which sequences run together: pure arithmetic on their lengths."""

from collections.abc import Sequence


def plan_batches(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Indices of `lengths` in batches, longest first, each within `budget` padded tokens.

    A batch costs its longest member times its size, so neighbours in length waste the least padding. A sequence
    longer than the budget runs alone.
    """
    batches: list[list[int]] = []
    for index in sorted(range(len(lengths)), key=lambda place: -lengths[place]):
        if batches and lengths[batches[-1][0]] * (len(batches[-1]) + 1) <= budget:
            batches[-1].append(index)
        else:
            batches.append([index])
    return batches
