"""A preview that is not whole is a failed one; the two forms of the engine mean the same."""

from __future__ import annotations

import json
from typing import Any

import pytest

from review.preview import read_preview
from tests.unit.review.steps import VOLUME, document, step

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "plaintext": '"a-plain-value"'}


def events(*steps: dict[str, Any], result: str = "succeeded", diagnostics: tuple[dict[str, str], ...] = ()) -> str:
    lines: list[dict[str, Any]] = [{"sequence": 0, "preludeEvent": {"config": {}}}]
    for one in steps:
        metadata = {"op": one["op"], "urn": one["urn"], "old": one["oldState"], "new": one["newState"]}
        lines.append({"resourcePreEvent": {"metadata": metadata | {"diffs": one["diffReasons"]}, "planning": True}})
    lines += [{"diagnosticEvent": one} for one in diagnostics]
    lines.append({"summaryEvent": {"resourceChanges": {"same": 7}, "result": result}})
    return "\n".join(map(json.dumps, lines))


def test_both_forms_of_the_engine_read_the_same() -> None:
    steps = [
        step("create", VOLUME, "a", None, {"name": "a"}),
        step("update", VOLUME, "b", {"name": "b"}, {"name": "c"}),
    ]
    assert read_preview(events(*steps)) == read_preview(document(*steps))


def test_the_steps_of_a_replacement_are_one_change() -> None:
    old, new = {"name": "a"}, {"name": "b"}
    three = [
        step("create-replacement", VOLUME, "data", old, new),
        step("replace", VOLUME, "data", old, new),
        step("delete-replaced", VOLUME, "data", old),
    ]
    found = read_preview(events(*three))
    assert [(one.operation, one.old, one.new) for one in found.changes] == [("replace", old, new)]


@pytest.mark.parametrize("operation", ["same", "read", "refresh"])
def test_steps_that_change_nothing_are_not_counted(operation: str) -> None:
    found = read_preview(document(step(operation, VOLUME, "data", {"name": "a"}, {"name": "a"})))
    assert found.changes == () and found.unchanged == 7


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", ""),
        ("", "error: no Pulumi.yaml"),
        ('{"steps": [', ""),
        ("[]", ""),
        ("null", ""),
        ("{}", ""),
        ('{"sequence": 1, "resourcePreEvent": {}}', ""),
        ("error: the stack is currently locked", ""),
        (document(), "pulumi preview ended with 255"),
        (document(diagnostics=[{"severity": "error", "message": "error: boom"}]), ""),
        (events(result="failed"), ""),
        (document(step("same", VOLUME, "a", {}, {}), step("transmogrify", VOLUME, "data", {"name": "a"})), ""),
        ('{"steps": [], "changeSummary": {"same": 1, "replace": 2}}', ""),
        ('{"changeSummary": {"create": 3}}', ""),
        ('{"steps": null, "changeSummary": null}', ""),
        ('{"steps": {"a": 1}, "changeSummary": {}}', ""),
        ('{"steps": ["create"], "changeSummary": {}}', ""),
        ('{"steps": [{"op": "create"}], "changeSummary": {}}', ""),
        ('{"steps": [{"op": "create", "urn": "data", "newState": {}}], "changeSummary": {}}', ""),
        ('{"steps": [], "changeSummary": [], "diagnostics": ["boom"]}', ""),
        (events(result="failed", diagnostics=({"severity": "error", "message": "boom"},)), ""),
    ],
)
def test_what_is_not_whole_has_failed_with_a_cause(text: str, fault: str) -> None:
    assert all(read_preview(text, fault).failures)
    assert read_preview(text, fault).failures


def test_a_preview_that_ended_before_its_first_step_tells_why() -> None:
    found = read_preview('{"diagnostics": [{"severity": "error", "message": "error: cannot reach the backend"}]}')
    assert found.failures[0] == "error: cannot reach the backend"


def test_a_step_that_nobody_knows_is_named() -> None:
    found = read_preview(document(step("transmogrify", VOLUME, "data", {"name": "a"}, {"name": "a"})))
    assert any("transmogrify" in cause for cause in found.failures)


def test_a_cause_has_no_colours_and_quotes_no_code() -> None:
    frame = '  File "a.py", line 8, in <module>\n    login("hunter2")\n    ^^^^^'
    trace = f"error: \x1b[31mfailed\x1b[0m\n{frame}\nException: boom"
    found = read_preview(document(diagnostics=[{"severity": "error", "message": trace}]))
    assert found.failures == ("error: failed\nException: boom",)


def test_warnings_are_no_failures() -> None:
    assert not read_preview(document(diagnostics=[{"severity": "warning", "message": "careful"}])).failures


def test_values_inside_marks_are_known_as_secrets() -> None:
    found = read_preview(document(step("create", VOLUME, "data", None, {"options": [{"key": SECRET}]})))
    assert "a-plain-value" in found.secrets
