"""Names come and go while the check runs; a file that cannot be used opens nothing and closes nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from access_check.audiences import main

from .conftest import Names, Scene, played
from .team import AUDIENCES, assertion

CHAT, MLFLOW = AUDIENCES
USABLE = "access_check_names_usable"
BROKEN: dict[str, str] = {
    "cut off": '{"version": "second", "audi', "a list": "[]", "empty": "", "other names": '{"chat.example.com": "a"}',
    "no audience": '{"version": "second", "audiences": {"chat.example.com": ""}}',
    "no text": '{"version": "second", "audiences": {"chat.example.com": null}}',
}  # fmt: skip


def test_a_name_is_known_and_forgotten_from_the_moment_on_that_the_file_says_so() -> None:
    async def story(scene: Scene) -> None:
        assert await scene.check(assertion(MLFLOW), MLFLOW) == 204
        scene.names.write("second", {CHAT: AUDIENCES[CHAT]})
        assert await scene.check(assertion(MLFLOW), MLFLOW) == 401
        assert await scene.check(assertion(CHAT), CHAT) == 204
        assert (await scene.told("/ready"))[1]["version"] == "second"
        scene.names.write("third", {**AUDIENCES, CHAT: "c" * 64})
        assert await scene.check(assertion(MLFLOW), MLFLOW) == 204
        assert await scene.check(assertion(CHAT), CHAT) == 401
        assert await scene.metric(USABLE) == 1

    played(story)


@pytest.mark.parametrize("fault", [*BROKEN, "gone"])
def test_the_last_good_file_goes_on_where_the_next_one_is_damaged(fault: str, caplog: pytest.LogCaptureFixture) -> None:
    async def story(scene: Scene) -> None:
        await scene.told("/ready")
        damage(scene.names, fault)
        for _ in range(3):
            assert await scene.check(assertion(CHAT), CHAT) == 204
        assert await scene.check(assertion(CHAT), "other.example.com") == 401
        status, told = await scene.told("/ready")
        assert (status, told["version"], told["names"]) == (200, "", 2)
        assert (await scene.metric(USABLE), await scene.metric("access_check_names ")) == (0, 2)
        scene.names.write("third", {MLFLOW: AUDIENCES[MLFLOW]})
        assert await scene.check(assertion(CHAT), CHAT) == 401
        assert await scene.metric(USABLE) == 1

    played(story)
    errors = [one.message for one in caplog.records if one.levelname == "ERROR"]
    assert len(errors) == 1, errors
    assert "version first goes on" in errors[0]


@pytest.mark.parametrize("fault", [*BROKEN, "gone"])
def test_before_the_first_good_file_nobody_comes_in_and_the_check_is_healthy_but_not_ready(fault: str) -> None:
    async def story(scene: Scene) -> None:
        damage(scene.names, fault)
        assert await scene.check(assertion(CHAT), CHAT) == 503
        assert await scene.metric('access_check_decisions_total{decision="no names"}') == 1
        assert ((await scene.told("/keys"))[0], (await scene.told("/ready"))[0]) == (200, 503)
        scene.names.write("second", AUDIENCES)
        assert await scene.check(assertion(CHAT), CHAT) == 204
        assert (await scene.told("/ready"))[0] == 200

    played(story)


@pytest.mark.parametrize(("fault", "code"), [*((fault, 1) for fault in BROKEN), ("gone", 1), ("none", 0)])
def test_a_file_is_looked_at_before_it_is_used(tmp_path: Path, fault: str, code: int) -> None:
    names = Names(tmp_path / "current" / "audiences.json")
    names.write("first", AUDIENCES)
    if fault != "none":
        damage(names, fault)
    assert looked_at(tmp_path / "current") == code


def damage(names: Names, fault: str) -> None:
    if fault == "gone":
        names.forget()
    else:
        names.put("second", BROKEN[fault])


def looked_at(folder: Path) -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["check", str(folder)])
        return main()
