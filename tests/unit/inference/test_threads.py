"""Threads follow the container's quota."""

import os
from pathlib import Path

import pytest
from inference.threads import available_threads

CORES = len(os.sched_getaffinity(0))


@pytest.mark.parametrize(
    ("content", "expected"),
    [("max 100000", CORES), ("50000 100000", 1), ("100000 100000", 1), ("6400000 100000", CORES)],
)
def test_a_unified_quota_caps_the_threads(tmp_path: Path, content: str, expected: int) -> None:
    (tmp_path / "cpu.max").write_text(content)
    assert available_threads(tmp_path) == expected


@pytest.mark.parametrize(("quota", "expected"), [("-1\n", CORES), ("100000\n", 1)])
def test_a_legacy_quota_caps_the_threads(tmp_path: Path, quota: str, expected: int) -> None:
    folder = tmp_path / "cpu"
    folder.mkdir()
    (folder / "cpu.cfs_quota_us").write_text(quota)
    (folder / "cpu.cfs_period_us").write_text("100000\n")
    assert available_threads(tmp_path) == expected


def test_without_any_quota_all_cores_are_used(tmp_path: Path) -> None:
    assert available_threads(tmp_path) == CORES
