"""The ledger survives a kill at any byte and writers beside each other; what was acknowledged stays."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from operations.failure import Failure
from operations.gpu.spend.fact import Fact
from operations.gpu.spend.ledger import SpendLedger


def fact(time: int, machine: str = "vm-1", hourly: int | None = 349_000, status: str = "running") -> Fact:
    return Fact(
        time=time, machine=machine, name=f"pulumi-{machine}", stack="dev-inference", status=status,
        hourly_micro_usd=hourly, source="test",
    )  # fmt: skip


def test_what_was_appended_is_read_in_order(tmp_path: Path) -> None:
    ledger = SpendLedger(tmp_path / "new" / "dev.jsonl")
    assert ledger.facts() == []
    ledger.append([fact(2), fact(1, hourly=None)])
    ledger.append([fact(3)])
    assert SpendLedger(ledger.path).facts() == [fact(2), fact(1, hourly=None), fact(3)]
    assert ledger.path.stat().st_mode & 0o777 == 0o600


def test_a_kill_at_any_byte_loses_no_earlier_fact(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = fact(1).line + fact(2).line + fact(3, status="é").line
    before = len(fact(1).line + fact(2).line) - 1
    for end in range(before, len(whole) + 1):
        path = tmp_path / "dev.jsonl"
        path.write_bytes(whole[:end])
        survived = SpendLedger(path).facts()
        assert survived == [fact(1), fact(2), fact(3, status="é")][: len(survived)] and survived
        torn = whole[:end].rpartition(b"\n")[2]
        said = capsys.readouterr().err
        lost = bool(torn) and not torn.endswith(b"}")
        assert ("not finished" in said) == lost, said
        SpendLedger(path).append([fact(4)])
        assert SpendLedger(path).facts() == [*survived, fact(4)], "the next fact stands on a line of its own"


def test_a_block_of_zeros_after_a_power_cut_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "dev.jsonl"
    path.write_bytes(fact(1).line + b"\0" * 4096)
    assert SpendLedger(path).facts() == [fact(1)]
    assert path.read_bytes() == fact(1).line


def test_a_damaged_line_in_the_middle_is_an_error_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "dev.jsonl"
    path.write_bytes(fact(1).line + b'{"time": -5}\n' + fact(2).line)
    with pytest.raises(Failure, match=r"dev\.jsonl:2 is no fact"):
        SpendLedger(path).facts()
    assert path.read_bytes().count(b"\n") == 3


def write(path: Path, machine: str, count: int) -> None:
    for number in range(count):
        SpendLedger(path).append([fact(number, machine), fact(number, f"{machine}-b")])


def test_writers_beside_each_other_lose_nothing(tmp_path: Path) -> None:
    path, count = tmp_path / "dev.jsonl", 12
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write, args=(path, f"vm-{number}", count)) for number in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
        assert writer.exitcode == 0
    facts = SpendLedger(path).facts()
    assert len(facts) == 2 * 2 * count
    for machine in ("vm-0", "vm-1", "vm-0-b", "vm-1-b"):
        assert [each.time for each in facts if each.machine == machine] == list(range(count))
    pairs = [each.machine.removesuffix("-b") for each in facts]
    assert pairs[::2] == pairs[1::2], "facts that belong together stand together"


def test_a_decision_sees_all_that_was_written_before(tmp_path: Path) -> None:
    ledger = SpendLedger(tmp_path / "dev.jsonl")
    ledger.append([fact(1)])
    assert ledger.change(lambda known: [fact(known[-1].time + 1)]) == [fact(1), fact(2)]
    assert ledger.change(lambda _known: []) == [fact(1), fact(2)]
