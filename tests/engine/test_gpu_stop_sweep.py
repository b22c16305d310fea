"""At every call of a stop the process is killed, the call fails, or its answer is lost; then it is run again.

The verb's own code runs in this process against a simulated account, so that all of it takes seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from operations.failure import Failure
from operations.gpu.exit_codes import CANNOT_STOP
from operations.gpu.spend.ledger import SpendLedger
from operations.gpu.vm_start import start
from operations.gpu.vm_stop import destroy, switch_off
from simulators.reply import Reply, Request
from simulators.tensordock.faults import Fault
from tests.engine.tensordock_rig import Killed
from tests.unit.gpu.checkout import STACK, Checkout
from tests.unit.gpu.rented import Rented

RETRIES = 4
HOUR = 3600
Verb = Callable[[], object]
VERBS: dict[str, Verb] = {
    "stop": lambda: switch_off(STACK),
    "stop again": lambda: switch_off(STACK),
    "destroy": lambda: destroy(STACK, yes=True),
}


@contextmanager
def prepared(folder: Path, name: str) -> Iterator[Checkout]:
    """A machine that has run for an hour and, for `stop again`, was stopped."""
    root = folder / "checkout"
    root.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        rented = Rented(folder)
        checkout = Checkout(root, rented, patch)
        rented.ledger = SpendLedger(root / ".state" / "spend" / "dev.jsonl")
        for path in rented.ledger.path.parent.glob("*"):
            path.unlink()
        start("inference", "dev", yes=True)
        rented.advance(HOUR)
        if name == "stop again":
            switch_off(STACK)
        yield checkout


def calls(folder: Path, name: str) -> int:
    """How many calls the clean run makes."""
    with prepared(folder, name) as checkout:
        before = len(checkout.rented.service.calls)
        VERBS[name]()
        return len(checkout.rented.service.calls) - before


def again(verb: Verb, where: str) -> None:
    """Runs until it succeeds, as a person would."""
    for _ in range(RETRIES):
        try:
            verb()
        except Failure:
            continue
        return
    raise AssertionError(f"{where}: still failing after {RETRIES} runs")


def converged(checkout: Checkout, name: str, where: str) -> None:
    """The machine is off, or gone; the ledger has all of its cost; one more run changes nothing."""
    rented = checkout.rented
    rented.watch, rented.service.faults = None, []
    assert checkout.running() == ([] if name == "destroy" else ["stopped"]), where
    before = [call for call in rented.service.calls if call.method != "GET"]
    switch_off(STACK)
    assert [call for call in rented.service.calls if call.method != "GET"] == before, where
    rented.advance(HOUR)
    assert rented.billed() <= rented.ledger_sum() <= rented.billed() + 100_000, where


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


@pytest.mark.parametrize("name", VERBS)
@pytest.mark.parametrize("answered", [False, True], ids=["before the effect", "after the effect"])
def test_killed_at_every_call_and_run_again_stops_and_counts_all(name: str, answered: bool, tmp_path: Path) -> None:
    for at in range(calls(tmp_path, name)):
        with prepared(tmp_path, name) as checkout:
            kill(checkout.rented, at, answered=answered)
            with pytest.raises(Killed):
                VERBS[name]()
            checkout.rented.watch = None
            where = f"{name} killed at call {at}"
            again(VERBS[name], where)
            converged(checkout, name, where)


def kill(rented: Rented, at: int, *, answered: bool) -> None:
    """The process dies at that call: before it is sent, or when its effect has taken place."""
    first = len(rented.service.calls)

    def watch(_call: Request, reply: Reply | None) -> None:
        number = len(rented.service.calls) - first - (1 if reply else 0)
        if number == at and bool(reply) == answered:
            rented.watch = None
            raise Killed

    rented.watch = watch


FAULTS: dict[str, Fault] = {
    "error": Fault(kind="error", status=500),
    "error with HTML": Fault(kind="error", status=502, body="html"),
    "error in a body of 200": Fault(kind="error", status=500, body="ok_with_error"),
    "no such thing": Fault(kind="error", status=404),
    "no such thing, from a proxy": Fault(kind="error", status=404, body="html"),
    "too many calls": Fault(kind="error", status=429, retry_after="7"),
    "answer lost": Fault(kind="lost"),
    "error after the effect": Fault(kind="error_after", status=500),
    "answer of another shape": Fault(kind="error_after", status=200, body="other_shape"),
    "effect 40 s later": Fault(kind="late", seconds=40),
}


@pytest.mark.parametrize("name", VERBS)
@pytest.mark.parametrize("words", FAULTS)
def test_a_fault_at_every_call_and_run_again_stops_and_counts_all(name: str, words: str, tmp_path: Path) -> None:
    for at in range(calls(tmp_path, name)):
        with prepared(tmp_path, name) as checkout:
            checkout.rented.service.faults = [FAULTS[words].model_copy(update={"skip": at})]
            where = f"{name}: {words} at call {at}"
            again(VERBS[name], where)
            converged(checkout, name, where)


def test_a_token_that_is_revoked_at_any_call_ends_in_one_page_and_no_storm(tmp_path: Path) -> None:
    for at in range(calls(tmp_path, "stop")):
        with prepared(tmp_path, "stop") as checkout:
            before = len(checkout.rented.service.calls)
            checkout.rented.service.faults = [Fault(kind="error", status=401, skip=at, times=100_000)]
            with pytest.raises(Failure, match="cannot stop VM pulumi-dev-inference") as page:
                switch_off(STACK)
            assert page.value.code == CANNOT_STOP
            assert len(checkout.rented.service.calls) - before <= at + 3, "no retry storm"
            checkout.rented.service.faults = []
            again(lambda: switch_off(STACK), f"token given back after call {at}")
            converged(checkout, "stop", f"token revoked at call {at}")
