"""At every call of every operation the process is killed, the call fails, or its answer is lost; then it is run again.

The provider's own handlers run in this process (`tensordock_rig`), so that all of it takes seconds;
`test_tensordock_cli` takes samples of the same through the real CLI.
"""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from simulators.reply import Reply, Request
from simulators.tensordock.faults import Body, Fault
from tests.engine.plugin_process import PartialCreation, Refusal
from tests.engine.tensordock_rig import Killed, Rig

RETRIES = 4


def create(rig: Rig) -> None:
    rig.up()


def stop(rig: Rig) -> None:
    rig.up(running=False)


def start(rig: Rig) -> None:
    rig.up(running=True)


def resize(rig: Rig) -> None:
    rig.up(vcpuCount=8)


def replace(rig: Rig) -> None:
    rig.up(image="ubuntu2204")


def delete(rig: Rig) -> None:
    rig.destroy()


Verb = Callable[[Rig], None]
PATHS: dict[str, tuple[list[Verb], Verb]] = {
    "create": ([], create),
    "stop": ([create], stop),
    "start": ([create, stop], start),
    "resize": ([create], resize),
    "replace": ([create], replace),
    "delete": ([create], delete),
    "delete a stopped one": ([create, stop], delete),
}


def prepared(folder: Path, before: list[Verb]) -> tuple[Rig, int]:
    rig = Rig(folder)
    for verb in before:
        verb(rig)
    return rig, len(rig.service.calls)


def external_calls(folder: Path, name: str) -> int:
    """How many calls the clean run of this operation makes."""
    rig, before = prepared(folder, PATHS[name][0])
    PATHS[name][1](rig)
    return len(rig.service.calls) - before


def kill(rig: Rig, at: int, *, answered: bool) -> None:
    """The process dies at that call of the following run: before it is sent, or when its effect has taken place."""
    first = len(rig.service.calls)

    def watch(_call: Request, reply: Reply | None) -> None:
        number = len(rig.service.calls) - first - (1 if reply else 0)
        if number == at and bool(reply) == answered:
            rig.watch = None
            raise Killed

    rig.watch = watch


def again(rig: Rig, verb: Verb) -> int:
    """Runs until it succeeds, as a person would; how many runs that took."""
    for run in range(1, RETRIES + 1):
        try:
            verb(rig)
        except (PartialCreation, Refusal):
            continue
        return run
    raise AssertionError(f"still failing after {RETRIES} runs")


def never_two_at_a_time(rig: Rig) -> bool:
    """Whether no two machines ever cost money at once: a duplicate that is removed later is a duplicate too."""
    spans: dict[str, tuple[int, int]] = {}
    for each in rig.account.ledger.intervals:
        begin, end = spans.get(each.vm, (each.start, each.start))
        spans[each.vm] = (begin, max(end, each.end or rig.account.clock.now))
    ordered = sorted(spans.values())
    return all(first[1] <= second[0] for first, second in pairwise(ordered))


def converged(rig: Rig, verb: Verb, where: str) -> None:
    """One machine, the recorded one (none after a deletion); nothing else costs money; one more run is empty."""
    rig.watch = None
    wanted = [] if verb is delete else [rig.output("instanceId")]
    assert rig.existing() == wanted, where
    assert [interval.vm for interval in rig.billing()] == wanted, where
    changing = len([call for call in rig.service.calls if call.method != "GET"])
    verb(rig)
    assert len([call for call in rig.service.calls if call.method != "GET"]) == changing, where
    rig.destroy()
    assert rig.billing() == [], where


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("answered", [False, True], ids=["before the effect", "after the effect"])
def test_killed_at_every_call_leaves_one_machine_with_an_owner(name: str, answered: bool, tmp_path: Path) -> None:
    before, verb = PATHS[name]
    for at in range(external_calls(tmp_path, name)):
        rig, _ = prepared(tmp_path, before)
        kill(rig, at, answered=answered)
        with pytest.raises(Killed):
            verb(rig)
        again(rig, verb)
        converged(rig, verb, f"{name} killed at call {at}")
        assert never_two_at_a_time(rig)


FAULTS: list[tuple[str, Fault]] = [
    ("error", Fault(kind="error", status=500)),
    ("error with HTML", Fault(kind="error", status=502, body="html")),
    ("error in a body of 200", Fault(kind="error", status=500, body="ok_with_error")),
    ("empty answer", Fault(kind="error", status=200, body="empty")),
    ("no such thing, from a proxy", Fault(kind="error", status=404, body="html")),
    ("too many calls", Fault(kind="error", status=429, retry_after="7")),
    ("connection lost", Fault(kind="drop")),
    ("answer lost", Fault(kind="lost")),
    ("error after the effect", Fault(kind="error_after", status=500)),
    ("cut off answer", Fault(kind="error_after", status=200, body="garbage")),
    ("answer of another shape", Fault(kind="error_after", status=200, body="other_shape")),
    ("slow answer", Fault(kind="slow", seconds=90)),
]


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize(("words", "fault"), FAULTS, ids=[words for words, _ in FAULTS])
def test_fault_at_every_call_leaves_one_machine_with_an_owner(
    name: str, words: str, fault: Fault, tmp_path: Path
) -> None:
    before, verb = PATHS[name]
    for at in range(external_calls(tmp_path, name)):
        rig, _ = prepared(tmp_path, before)
        rig.faults(fault.model_copy(update={"skip": at}))
        again(rig, verb)
        converged(rig, verb, f"{name}: {words} at call {at}")
        assert never_two_at_a_time(rig)


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("seconds", [10, 25, 40, 300])
def test_an_effect_long_after_its_lost_call_is_found_and_undone(name: str, seconds: float, tmp_path: Path) -> None:
    before, verb = PATHS[name]
    for at in range(external_calls(tmp_path, name)):
        rig, _ = prepared(tmp_path, before)
        rig.faults(Fault(kind="late", seconds=seconds, skip=at))
        again(rig, verb)
        rig.account.clock.advance(seconds)
        rig.refresh()
        again(rig, verb)
        converged(rig, verb, f"{name}: call {at} takes effect {seconds} s later")


OUTAGES: dict[str, Fault] = {
    "errors": Fault(kind="error", status=503),
    "no connections": Fault(kind="drop"),
    "answers lost": Fault(kind="lost"),
    "errors after effects": Fault(kind="error_after", status=500),
    "token revoked": Fault(kind="error", status=401),
    "too many calls": Fault(kind="error", status=429),
    "cut off answers": Fault(kind="error_after", status=200, body="garbage"),
}


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("outage", OUTAGES)
@pytest.mark.parametrize("destroyed", [True, False], ids=["then destroyed", "then run again"])
def test_an_outage_from_any_call_on_loses_no_machine(name: str, outage: str, destroyed: bool, tmp_path: Path) -> None:
    before, verb = PATHS[name]
    for at in range(external_calls(tmp_path, name)):
        rig, _ = prepared(tmp_path, before)
        rig.faults(OUTAGES[outage].model_copy(update={"skip": at, "times": 100_000}))
        try:
            verb(rig)
        except (PartialCreation, Refusal):
            rig.faults()
        if destroyed:
            rig.destroy()
            assert rig.billing() == [], f"{name}: {outage} from call {at} on"
        else:
            again(rig, verb)
            converged(rig, verb, f"{name}: {outage} from call {at} on")
        assert never_two_at_a_time(rig)


@pytest.mark.parametrize("body", ["json", "array", "html", "empty", "garbage", "other_shape", "ok_with_error"])
def test_an_outage_of_any_length_marks_nothing_as_gone(body: Body, tmp_path: Path) -> None:
    rig, _ = prepared(tmp_path, [create])
    rig.faults(Fault(kind="error", status=502, body=body, times=100_000))
    for run in (rig.refresh, rig.destroy):
        with pytest.raises(Refusal, match=r"costs 0\.349 USD an hour"):
            run()
    assert rig.recorded is not None
    rig.faults()
    rig.refresh()
    assert rig.up() == "same"
    rig.destroy()
    assert rig.billing() == []
