"""What pfctl has loaded since the start of the machine. A reboot loses all of it, and pf is off then."""

from __future__ import annotations

import fnmatch
import pickle
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from . import kernel
from .rule import Anchor, Rule
from .ruleset import Ruleset, parsed

STATE = Path("/run/simulator/pf.state")


@dataclass
class Loaded:
    """The main ruleset (under the empty name), the anchors', and who asked for pf to be on."""

    rulesets: dict[str, Ruleset] = field(default_factory=dict)
    enabled_at: float | None = None
    tokens: list[int] = field(default_factory=list)

    def load(self, text: str, anchor: str) -> None:
        """Replace one ruleset, and the anchors that it fills. Raises PfSyntaxError; then nothing is replaced."""
        ruleset = parsed(text)
        filled = {name: parsed(Path(file).read_text()) for name, file in ruleset.loads.items()}
        self.rulesets |= {anchor: ruleset, **filled}

    def rules(self, anchor: str = "") -> Iterator[Rule]:
        """Every rule of a ruleset and of the anchors that it asks, in pf's order."""
        for entry in self.rulesets.get(anchor, Ruleset()).entries:
            if isinstance(entry, Rule):
                yield entry
            else:
                for name in self._asked(anchor, entry):
                    yield from self.rules(name)

    def _asked(self, anchor: str, entry: Anchor) -> list[str]:
        path = f"{anchor}/{entry.name}" if anchor else entry.name
        return sorted(name for name in self.rulesets if name and fnmatch.fnmatchcase(name, path))

    def apply(self) -> None:
        """Keep this, and have the kernel do as it says."""
        STATE.write_bytes(pickle.dumps(self))
        if self.enabled_at is None:
            kernel.enforce(kernel.CLEAR)
            return
        tables = {name: addresses for ruleset in self.rulesets.values() for name, addresses in ruleset.tables.items()}
        skipped = self.rulesets.get("", Ruleset()).skipped
        kernel.enforce(kernel.program(self.rules(), tables, skipped))

    def enable(self) -> None:
        """Switch pf on."""
        self.enabled_at = time.time() if self.enabled_at is None else self.enabled_at


def loaded() -> Loaded:
    """What is loaded now."""
    if not STATE.exists():
        return Loaded()
    kept: Loaded = pickle.loads(STATE.read_bytes())  # noqa: S301  (root's own file)
    return kept
