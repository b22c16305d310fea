"""A history whose processes share nothing with those of other histories: their cache is a folder of its own."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis.stateful import RuleBasedStateMachine


class OwnCache(RuleBasedStateMachine):
    """`folder` lives as long as the history. What has to hold at its end stands in `end`."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self.folder = Path(self._folder.name)
        self._patch = pytest.MonkeyPatch()
        self._patch.setenv("XDG_CACHE_HOME", self._folder.name)

    def end(self) -> None:
        """Raises where something is not as it has to be."""
        raise NotImplementedError

    def teardown(self) -> None:
        try:
            self.end()
        finally:
            self._patch.undo()
            self._folder.cleanup()
