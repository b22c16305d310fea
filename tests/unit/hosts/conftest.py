"""The shells that hosts have."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.hosts.shell import SHELLS, Shell


@pytest.fixture(params=list(SHELLS))
def shell(request: pytest.FixtureRequest, tmp_path: Path) -> Shell:
    return Shell(SHELLS[request.param], tmp_path)
