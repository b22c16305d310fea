"""A new environment: nothing is made before the questions can be answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from operations import init as verb
from operations import project
from operations.failure import Failure
from operations.init import init, refuse_questions


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "Pulumi.prod.yaml").write_text("config: {}\n")
    for module in (verb, project):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    return tmp_path


def test_an_example_that_does_not_exist_is_refused_with_those_that_do(root: Path) -> None:
    with pytest.raises(Failure, match=r"no Pulumi\.nosuch\.yaml\n.*known: prod") as refused:
        init("office", "nosuch")
    assert refused.value.code == 2
    assert [path.name for path in root.iterdir()] == ["Pulumi.prod.yaml"]


def test_the_first_step_is_a_copy_of_the_example(root: Path) -> None:
    init("office", "prod")
    assert (root / "Pulumi.office.yaml").read_bytes() == (root / "Pulumi.prod.yaml").read_bytes()


def test_without_a_terminal_every_question_is_named_with_the_command_that_answers_it() -> None:
    with pytest.raises(Failure) as refused:
        refuse_questions("office", ["secrets.token"], ["brain"], made=False)
    said = str(refused.value)
    assert refused.value.code == 2
    assert "secrets.token is not set, and there is no terminal to ask on" in said
    for command in (
        "scripts/pulumi stack init office",
        "scripts/pulumi config set -s office --secret --path 'ai-platform:secrets.token'",
        "scripts/host trust brain -s office --yes",
    ):
        assert f"\n       {command}" in said


def test_nothing_is_refused_when_nothing_is_asked() -> None:
    refuse_questions("office", [], [], made=False)
