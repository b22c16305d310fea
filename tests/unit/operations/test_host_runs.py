"""What comes of runs on hosts: outcomes, exit codes, and how they are shown."""

from __future__ import annotations

import json
import time

import pytest

from hosts.report import StepResult
from operations.failure import USAGE, Failure
from operations.hosts.blocks import Blocks
from operations.hosts.clock import compared
from operations.hosts.outcome import Code, Outcome, worst
from operations.hosts.reading import Reading
from operations.hosts.shown import show_json, show_summary
from operations.ssh import Ended
from operations.telling import telling

STEP = '{"step":"power","status":"changed","detail":"sleep 0"}'
SUMMARY = '{"summary":{"ok":0,"changed":1,"failed":0,"skipped":0}}'


def ended(code: int, said: str = "", dropped: int = 0) -> Ended:
    return Ended(code=code, output="", said=said, dropped=dropped)


def read(lines: list[str], end: Ended) -> Outcome:
    reading = Reading(lambda _: None)
    for line in lines:
        reading.hear(line)
    return reading.outcome("mini", end, 1.0)


@pytest.mark.parametrize("code", [Code.OK, Code.FAILED, Code.DIFFERS, Code.PREFLIGHT, Code.LOCKED])
def test_the_scripts_own_exit_code_counts_once_its_summary_is_there(code: Code) -> None:
    outcome = read(["motd of the host", "{not json", "[]", STEP, SUMMARY], ended(code))
    assert (outcome.code, outcome.error) == (code, "")
    assert outcome.steps == (StepResult("power", "changed", "sleep 0"),)


@pytest.mark.parametrize(("lines", "code"), [([STEP], 0), ([], 255), ([STEP, SUMMARY], 137)])
def test_a_script_that_did_not_come_to_its_end_has_failed(lines: list[str], code: int) -> None:
    outcome = read(lines, ended(code, "sh: out of memory\x1b[31m", dropped=7))
    assert outcome.code is Code.FAILED
    assert "sh: out of memory?[31m" in outcome.error
    assert "7 bytes more" in outcome.error


def test_what_a_host_says_moves_no_cursor() -> None:
    outcome = read(['{"step":"a\\u001b[2J","status":"ok","detail":"b\\rc"}', SUMMARY], ended(0))
    assert outcome.steps == (StepResult("a?[2J", "ok", "b?c"),)


@pytest.mark.parametrize(
    ("codes", "code"),
    [
        ([], Code.OK),
        ([Code.OK, Code.DIFFERS], Code.DIFFERS),
        ([Code.DIFFERS, Code.LOCKED, Code.OK], Code.LOCKED),
        ([Code.PREFLIGHT, Code.LOCKED], Code.PREFLIGHT),
        ([Code.UNREACHABLE, Code.PREFLIGHT], Code.UNREACHABLE),
        ([Code.FAILED, Code.UNREACHABLE], Code.FAILED),
    ],
)
def test_the_worst_host_decides(codes: list[Code], code: Code) -> None:
    assert worst(codes) is code


def test_the_first_host_is_shown_live_and_the_others_in_turn() -> None:
    said: list[str] = []
    blocks = Blocks(["one", "two", "three"], said.append)
    blocks.step("two", StepResult("a", "ok", ""))
    assert said == ["one:"]
    blocks.step("one", StepResult("b", "would-change", "first\nsecond"))
    assert said[1:] == ["  would change  b: first\n                second"]
    blocks.end(Outcome(host="three", code=Code.UNREACHABLE, error="three: lost\n    -> look"))
    assert len(said) == 2
    blocks.end(Outcome(host="one", code=Code.OK))
    assert said[2:] == ["two:", "  ok            a"]
    blocks.end(Outcome(host="two", code=Code.OK))
    assert said[4:] == ["three:", "  three: lost", "      -> look"]


def test_the_summary_and_the_document_list_every_host(capsys: pytest.CaptureFixture[str]) -> None:
    good = read([STEP, SUMMARY], ended(0))
    lost = Outcome(host="muscle", code=Code.UNREACHABLE, error="muscle cannot be reached: timed out\n    -> is it on")
    show_summary([good, lost])
    said = capsys.readouterr().out
    assert "1 changed" in said and "muscle cannot be reached: timed out" in said
    show_json([good, lost])
    document = json.loads(capsys.readouterr().out)
    assert document["code"] == 5
    assert [host["host"] for host in document["hosts"]] == ["mini", "muscle"]
    assert document["hosts"][0]["steps"] == [json.loads(STEP)]


@pytest.mark.parametrize(("offset", "text"), [(0, "as on"), (600, "s ahead of"), (-600, "s behind")])
def test_a_clock_is_told_with_its_distance_from_this_machines(offset: int, text: str) -> None:
    told = compared(StepResult("clock", "ok", str(int(time.time()) + offset))).detail
    assert f"{text} this machine" in told
    other = StepResult("uptime", "ok", "7")
    assert compared(other) is other


def test_a_verb_that_tells_of_differences_never_says_so_by_failing(capsys: pytest.CaptureFixture[str]) -> None:
    def misused() -> int:
        raise Failure("no such host", "look", USAGE)

    def interrupted() -> int:
        raise KeyboardInterrupt

    assert [telling(verb) for verb in (lambda: 2, lambda: 0, misused, interrupted)] == [2, 0, 1, 130]
    assert "no such host" in capsys.readouterr().err
