"""What a comparison amounts to."""

from __future__ import annotations

import json

import pytest

from operations.drift.finding import Drift, Finding, Untold, merged
from operations.drift.report import as_json, show

ROLE = "urn:pulumi:prod::ai-platform::ai-platform:index:MacMini$command:remote:Command::mini-role"
CONTAINER = "urn:pulumi:prod::ai-platform::ai-platform:index:ServiceContainer$docker:index/container:Container::web"
UNTOLD = Untold(where="muscle", cause="Connection timed out")


def finding(urn: str, what: str) -> Finding:
    return Finding(where="mini", urn=urn, what=what, declared="[bold]", found="a\nb", remedy="make up STACK=prod")


FOUND = (finding(ROLE, "package redis"), finding(ROLE, "power"), finding(CONTAINER, "memory"))


@pytest.mark.parametrize(
    ("drift", "code"),
    [
        (Drift(), 0),
        (Drift(untold=(UNTOLD,)), 1),
        (Drift(findings=FOUND), 2),
        (Drift(findings=FOUND, untold=(UNTOLD,)), 2),
        (Drift(findings=FOUND, ignored=1).without(["*"]), 0),
    ],
)
def test_the_exit_code_tells_drift_from_what_could_not_be_told(drift: Drift, code: int) -> None:
    assert drift.code == code


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("*", []),
        (ROLE, ["memory"]),
        (f"{ROLE}#package redis", ["power", "memory"]),
        (f"{ROLE}#package *", ["power", "memory"]),
        ("*::mini-role#p*", ["memory"]),
        ("*docker:index/container:Container::web", ["package redis", "power"]),
        ("*Container::web#memory", ["package redis", "power"]),
        ("mini-role", ["package redis", "power", "memory"]),
        ("*[bold]*", ["package redis", "power", "memory"]),
    ],
)
def test_a_pattern_leaves_out_a_resource_or_one_thing_of_it(pattern: str, left: list[str]) -> None:
    drift = Drift(findings=FOUND).without([pattern])
    assert [one.what for one in drift.findings] == left
    assert drift.ignored == len(FOUND) - len(left)


def test_a_report_shows_every_difference_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    show(merged([Drift(findings=FOUND), Drift(untold=(UNTOLD,), ignored=2)]), "prod")
    said = capsys.readouterr().out
    for text in ("package redis", "Container web: memory", "[bold]", "make up STACK=prod"):
        assert text in said
    assert "could not be told: muscle: Connection timed out" in said
    assert said.splitlines()[-1] == "prod: differences: 3, could not be told: 1, ignored: 2"


def test_the_document_names_what_an_ignore_list_takes() -> None:
    document = json.loads(as_json(Drift(findings=FOUND[:1]), "prod"))
    assert document["code"] == 2
    assert document["drift"][0]["address"] == f"{ROLE}#package redis"
