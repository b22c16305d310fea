"""Exit codes and refusals that every verb shares."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from pydantic import BaseModel

from operations import engine, project
from operations.failure import USAGE, Failure, exit_status, guarded
from operations.project import require_stack
from operations.stdin_spec import read_spec
from toolchain.pulumi_cli import CliMissing


class Spec(BaseModel):
    name: str
    password: int


@pytest.mark.parametrize(("returned", "code"), [(0, 0), (1, 1), (255, 255), (-2, 130), (-9, 137), (-15, 143)])
def test_a_child_that_a_signal_ended_gives_the_code_that_shells_give(returned: int, code: int) -> None:
    assert exit_status(returned) == code


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("dev", "prod"):
        (tmp_path / f"Pulumi.{name}.yaml").touch()
    monkeypatch.setattr(project, "ROOT", tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", ["nowhere", "../dev", "Dev", "", "-s", "dev\n", "a" * 41])
def test_a_stack_that_does_not_exist_is_refused_with_those_that_do(root: Path, name: str) -> None:
    with pytest.raises(Failure, match=r"known: dev, prod\)\n.*scripts/init") as refused:
        require_stack(name)
    assert refused.value.code == 2


def test_a_stack_with_a_file_is_accepted(root: Path) -> None:
    require_stack("dev")


def test_a_question_that_nobody_answers_ends_the_verb(capsys: pytest.CaptureFixture[str]) -> None:
    def ask() -> None:
        raise EOFError

    assert guarded(ask) == USAGE
    assert "nobody answered" in capsys.readouterr().err


def test_a_machine_without_the_cli_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> dict[str, str]:
        raise CliMissing("no Pulumi CLI 3 or newer is installed; run: python -m toolchain.setup")

    monkeypatch.setattr(engine, "environment", missing)
    with pytest.raises(Failure, match=r"no Pulumi CLI(?s:.*)make setup"):
        engine.Engine("dev")


def test_a_faulty_specification_is_refused_without_its_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["apply"])
    monkeypatch.setattr(sys, "stdin", io.StringIO('{"password": "hunter2hunter2"}'))
    with pytest.raises(Failure, match="name: Field required, password: ") as refused:
        read_spec(Spec)
    assert "hunter2" not in str(refused.value)


def test_help_tells_what_the_command_is_for_and_reads_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["apply", "--help"])
    monkeypatch.setattr(sys.modules["__main__"], "__doc__", "Makes a bucket.\n\nNever removes one.")
    with pytest.raises(SystemExit) as ended:
        read_spec(Spec)
    assert ended.value.code == 0
    assert "Makes a bucket.\n\nNever removes one." in capsys.readouterr().out
