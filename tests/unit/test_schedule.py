"""In which order the files of a whole run are taken."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from tests import schedule
from tests.schedule import NEED_NO_IMAGE, SECONDS, needs_images, ordered, wait_for_images

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Item:
    nodeid: str


def order(*nodeids: str) -> list[str]:
    return [item.nodeid for item in ordered(cast(list[pytest.Item], [Item(each) for each in nodeids]))]


def test_what_needs_no_image_comes_first_then_the_longest() -> None:
    by_length = sorted((file for file in SECONDS if needs_images(file)), key=lambda file: -SECONDS[file])
    wanted = ["tests/unit/test_a.py::b", "tests/unit/test_a.py::a", *by_length, "tests/e2e/test_short.py::a"]
    mixed = [*wanted[2:], *wanted[:2]]
    assert order(*mixed) == wanted


def test_tests_of_a_file_keep_their_order() -> None:
    files = [[f"tests/e2e/test_{name}.py::{number}" for number in range(9)] for name in "ab"]
    assert order(*files[0], *files[1]) == [*files[0], *files[1]]


@pytest.mark.parametrize("beginning", [*NEED_NO_IMAGE, *SECONDS])
def test_every_name_is_that_of_a_file(beginning: str) -> None:
    assert any(path.relative_to(ROOT).as_posix().startswith(beginning) for path in ROOT.glob("tests/**/test_*.py"))


def test_a_test_without_its_images_fails_with_the_cause_and_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "_missing", lambda: "no disk is left")
    monkeypatch.setenv(schedule.WAITS, "yes")
    wait_for_images(cast(pytest.Item, Item("tests/unit/test_a.py::a")))
    with pytest.raises(pytest.fail.Exception, match="no disk is left"):
        wait_for_images(cast(pytest.Item, Item("tests/e2e/test_a.py::a")))
    monkeypatch.delenv(schedule.WAITS)
    wait_for_images(cast(pytest.Item, Item("tests/e2e/test_a.py::a")))
