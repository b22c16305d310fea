"""One step of a host's role."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One call of a shell function of runtime/, with the seconds that it may take.

    `secrets` names the secrets that the function asks for; their values are in no argument. `shown` is what a preview
    shows of the step; the arguments when left out.
    """

    name: str
    seconds: int
    function: str
    arguments: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    shown: str = ""

    @property
    def text(self) -> str:
        """What a person reads of it: one line, or the content of a file."""
        return self.shown or " ".join(self.arguments)
