"""Where services are: variables first, then the stack's outputs; passwords never in a message."""

from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict
from pydantic import SecretStr

from operations import project
from operations.failure import Failure
from operations.outputs import Models, Outputs
from operations.retrieval.connections import Connections

OUTPUTS = Outputs(
    endpoints=[
        {"name": "postgres", "service": "postgres", "url": "tcp://127.0.0.1:5432"},
        {"name": "vectors", "service": "embed", "url": "http://127.0.0.1:5555"},
        {"name": "ollama-mini", "service": "ollama-native", "url": "http://127.0.0.2:11434"},
        {"name": "ollama", "service": "ollama", "url": "http://127.0.0.1:11434"},
    ],
    models=Models(chat="llama3.1:8b", embedding="all-MiniLM-L6-v2"),
    credentials={"platform-database": SecretStr("p@ss word")},
)


def connections(**environment: str) -> Connections:
    return Connections("dev", environment, lambda _: OUTPUTS)


def test_addresses_come_from_the_outputs_by_name_or_kind() -> None:
    found = connections()
    assert found.embed.url == "http://127.0.0.1:5555"
    assert found.ollama.url == "http://127.0.0.1:11434"
    assert found.chat_model == "llama3.1:8b"


def test_the_database_is_the_catalogues_with_the_generated_password() -> None:
    expected = {"host": "127.0.0.1", "port": "5432", "user": "platform", "dbname": "platform", "password": "p@ss word"}
    assert conninfo_to_dict(connections().database) == expected


def test_a_server_with_a_certificate_is_verified_with_the_authority_of_its_stack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project, "STATE", tmp_path)
    given = {
        name: SecretStr(f"PEM of {name}") for name in ("authority.certificate", "certificate.postgres.certificate")
    }
    outputs = OUTPUTS.model_copy(update={"certificates": given})
    first, second = (conninfo_to_dict(Connections("dev", {}, lambda _: outputs).database) for _ in range(2))
    assert first == second
    assert first["sslmode"] == "verify-full"
    (kept,) = (tmp_path / "authorities").iterdir()
    assert first["sslrootcert"] == str(kept)
    assert kept.read_text(encoding="utf-8") == "PEM of authority.certificate"


def test_variables_take_the_place_of_outputs_without_reading_them() -> None:
    def unread(_: str) -> Outputs:
        raise AssertionError("the outputs were read")

    variables = {
        "EMBED_SERVICE_URL": "http://e",
        "RERANK_SERVICE_URL": "http://r",
        "OLLAMA_BASE_URL": "http://o",
        "DATABASE_URL": "postgresql://u@h/d",
        "CHAT_MODEL": "m",
    }
    found = Connections("dev", variables, unread)
    assert [found.embed.url, found.rerank.url, found.ollama.url] == ["http://e", "http://r", "http://o"]
    assert found.database == "postgresql://u@h/d"
    assert found.chat_model == "m"


def test_a_service_that_the_stack_lacks_is_named() -> None:
    with pytest.raises(Failure, match="no endpoint of rerank"):
        _ = connections().rerank


def test_a_malformed_database_url_is_refused_without_repeating_it() -> None:
    with pytest.raises(Failure, match="DATABASE_URL is not a connection string") as caught:
        _ = connections(DATABASE_URL="postgres//me:secret@host").database
    assert "secret" not in str(caught.value)
