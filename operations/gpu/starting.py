"""Which starts have been begun and not ended: a run that was killed is gone on with."""

from __future__ import annotations

from pathlib import Path

from operations.project import state_folder


class UnfinishedStart:
    """A file that is there from before anything is rented until all of the stack is up."""

    def __init__(self, stack: str) -> None:
        self._path: Path = state_folder("gpu") / f"{stack}.starting"

    @property
    def there(self) -> bool:
        return self._path.exists()

    def begin(self) -> None:
        self._path.touch()

    def end(self) -> None:
        self._path.unlink(missing_ok=True)
