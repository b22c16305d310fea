"""What both arms of a comparison cost the processor: figures that other work on the machine hardly moves."""

import statistics
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Costs:
    """CPU seconds of each round, for whatever one round computes."""

    ours: list[float] = field(default_factory=list)
    reference: list[float] = field(default_factory=list)

    def remark(self) -> str:
        """Medians and their ratio, for the note of a measurement."""
        ours, reference = statistics.median(self.ours), statistics.median(self.reference)
        return f"CPU s a round {ours:.3f} / {reference:.3f} = {ours / reference:.2f}"
