"""What the product promises of itself: bench/goals.jsonl, one goal a line."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from bench.measure import Measurement

FILE = Path(__file__).with_name("goals.jsonl")


class Goal(BaseModel):
    """`goal` and `floor` bound the ratio ours / reference, in the direction that `better` names."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    ours: str
    reference: str
    better: Literal["lower", "higher"]
    floor: float
    goal: float

    def verdict(self, measurement: Measurement) -> Literal["goal", "floor", "missed"]:
        """`goal` reached, only the `floor` reached, or neither."""
        sign = 1 if self.better == "lower" else -1
        if sign * measurement.ratio <= sign * self.goal:
            return "goal"
        return "floor" if sign * measurement.ratio <= sign * self.floor else "missed"


def read_goals(file: Path = FILE) -> dict[str, Goal]:
    """By name, in the order of the file. Raises ValidationError that names the field at fault."""
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    goals = [Goal.model_validate_json(line) for line in lines]
    return {goal.name: goal for goal in goals}
