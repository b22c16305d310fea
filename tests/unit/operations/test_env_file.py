"""`.env` is private and whole, and `.env.example` names the same variables without a password."""

from __future__ import annotations

import shlex
import stat
from argparse import Namespace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from operations import env_file
from operations.databases.variables import Variable, render
from operations.failure import Failure
from operations.outputs import Models, Outputs
from planning.build import build
from planning.plan import Plan
from settings.load import load

LOCAL = {"kind": "local", "address": "127.0.0.1", "cpus": 8, "memory_gb": 64, "disk_gb": 500}

OUTPUTS = Outputs(
    endpoints=[],
    models=Models(chat="c", embedding="e"),
    credentials={"kb_read-1": SecretStr("canary-read"), "kb_ingest-1": SecretStr("canary-ingest")},
)


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Plan:
    databases = {"kb": {"schema": "knowledge", "extensions": [{"name": "vector"}], "tables": {"chunks": "wiki_chunks"}}}
    raw = {"hosts": {"local": LOCAL}, "services": {"postgres": {"host": "local"}}, "databases": databases}
    made = build(load("test", raw, "Pulumi.test.yaml"), {})
    monkeypatch.setattr(env_file, "require_stack", lambda name: None)
    monkeypatch.setattr(env_file, "stack_plan", lambda name: made)
    monkeypatch.setattr(env_file, "stack_outputs", lambda name: OUTPUTS)
    monkeypatch.chdir(tmp_path)
    return made


def written(path: str, *, example: bool) -> dict[str, str]:
    env_file.run(Namespace(stack="test", database=None, to=Path(path), example=example))
    lines = [line for line in Path(path).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def test_the_file_has_both_logins_and_is_private(plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    found = written(".env", example=False)
    assert found["DATABASE_URL"] == "postgresql://kb_read_a:canary-read@127.0.0.1:5432/kb"
    assert found["INGEST_DATABASE_URL"] == "postgresql://kb_ingest_a:canary-ingest@127.0.0.1:5432/kb"
    assert found["TABLE_CHUNKS"] == "wiki_chunks"
    assert stat.S_IMODE(Path(".env").stat().st_mode) == 0o600
    assert "canary" not in capsys.readouterr().out


def test_the_authority_lies_beside_the_file_and_the_server_is_to_be_verified(
    plan: Plan, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given = {
        name: SecretStr(f"PEM of {name}") for name in ("authority.certificate", "certificate.postgres.certificate")
    }
    outputs = OUTPUTS.model_copy(update={"certificates": given})
    monkeypatch.setattr(env_file, "stack_outputs", lambda name: outputs)
    found = written(".env", example=False)
    beside = tmp_path / ".env.authority.pem"
    assert (found["PGSSL_MODE"], found["PGSSLMODE"], found["PGSSLROOTCERT"]) == ("require", "verify-full", str(beside))
    assert beside.read_text(encoding="utf-8") == "PEM of authority.certificate"
    assert stat.S_IMODE(beside.stat().st_mode) == 0o644
    assert stat.S_IMODE(Path(".env").stat().st_mode) == 0o600


def test_of_a_server_without_tls_nothing_is_claimed(plan: Plan) -> None:
    found = written(".env", example=False)
    assert (found["PGSSL_MODE"], found["PGSSLMODE"], found["PGSSLROOTCERT"]) == ("prefer", "prefer", "")


def test_the_example_names_the_same_variables_and_no_password(plan: Plan) -> None:
    assert list(written(".env.example", example=True)) == list(written(".env", example=False))
    assert "canary" not in Path(".env.example").read_text(encoding="utf-8")
    text = Path(".env.example").read_text(encoding="utf-8")
    assert text.count("# ") >= text.count("=")


def test_what_a_person_has_filled_in_stays(plan: Plan) -> None:
    written(".env", example=False)
    text = Path(".env").read_text(encoding="utf-8").replace("OPENAI_API_KEY=", "OPENAI_API_KEY=mine")
    Path(".env").write_text(text, encoding="utf-8")
    assert written(".env", example=False)["OPENAI_API_KEY"] == "mine"


@given(st.text(alphabet=st.characters(exclude_characters="\0\r\n", exclude_categories=["Cs"])))
def test_a_shell_reads_every_value_as_it_is(value: str) -> None:
    text = render([Variable(name="NAME", purpose="p", example="")], {"NAME": value})
    assignment = text.splitlines()[1] if not value else text.split("\n", 1)[1].removesuffix("\n")
    assert "".join(shlex.split(assignment)) == f"NAME={value}"


@pytest.mark.parametrize(
    "line",
    [
        'OPENAI_API_KEY="sk-by hand"', "OPENAI_API_KEY='sk-by hand'", "export OPENAI_API_KEY='sk-by hand'  # mine",
        "  OPENAI_API_KEY=sk-by\\ hand",
    ],
)  # fmt: skip
def test_what_a_person_put_in_is_kept_as_a_shell_reads_it_however_often_it_is_written(plan: Plan, line: str) -> None:
    Path(".env").write_text(f"{line}\n", encoding="utf-8")
    for _ in range(3):
        assert written(".env", example=False)["OPENAI_API_KEY"] == "'sk-by hand'"


@pytest.mark.parametrize("example", [True, False])
def test_a_folder_that_is_not_there_is_told(plan: Plan, example: bool) -> None:
    with pytest.raises(Failure, match="cannot be written: No such file"):
        written("missing/.env", example=example)
