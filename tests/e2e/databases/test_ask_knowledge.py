"""scripts/ask on a knowledge database, with the real embed and rerank service."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from pydantic import SecretStr

from operations import ask
from operations.failure import Failure
from operations.outputs import Models, Outputs
from operations.retrieval.chunks import split
from operations.retrieval.documents import load
from operations.retrieval.embedder import Embedder
from operations.retrieval.knowledge import literal
from operations.retrieval.remote import Remote
from tests.e2e.databases.conftest import MadeDatabase
from tests.e2e.retrieval.conftest import DOCUMENTS
from tests.e2e.retrieval.containers import running, until_ready

DIMENSION = 384


@pytest.fixture(scope="module")
def embed() -> Iterator[str]:
    with running("inference", 5555, ["embed"]) as started:
        yield until_ready(started)


@pytest.fixture
def made(knowledge: Callable[..., MadeDatabase], name: str, embed: str) -> MadeDatabase:
    """A database with the passages of two documents."""
    made = knowledge(name, dimension=DIMENSION)
    embedder = Embedder.connect(Remote("embed", embed, ""))
    chunks = [chunk for document in load(DOCUMENTS, [DOCUMENTS]) for chunk in split(document, 1000, 200)]
    with made.connect("ingest") as ingest:
        ingest.execute(
            "insert into documents (path) select unnest(%s::text[])", [sorted({one.source for one in chunks})]
        )
        vectors = [vector for batch in embedder.batches([one.content for one in chunks]) for vector in batch]
        for number, (chunk, vector) in enumerate(zip(chunks, vectors, strict=True)):
            ingest.execute(
                "with chunk as (insert into chunks (document_id, position, heading_path, text)"
                " select id, %s, %s, %s from documents where path = %s returning id)"
                " insert into embeddings select id, %s, %s::halfvec from chunk",
                [number, chunk.heading, chunk.text, chunk.source, embedder.model, literal(vector)],
            )
    return made


def test_the_passage_that_answers_is_found_in_the_database(
    made: MadeDatabase, embed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    planned = made.planned

    class PlanOfTest:
        name = "test"
        databases = (planned,)

        def service(self, name: str) -> PlanOfTest:
            return self

        address, port = "127.0.0.1", made.lab.started.port

    login = planned.current["read"]
    outputs = Outputs(
        endpoints=[], models=Models(chat="none", embedding="e"),
        credentials={login.password: SecretStr(made.password(login.password))},
    )  # fmt: skip
    monkeypatch.setattr(ask, "stack_plan", lambda name: PlanOfTest())
    monkeypatch.setattr(ask, "stack_outputs", lambda name: outputs)
    services = {"EMBED_SERVICE_URL": embed, "RERANK_SERVICE_URL": embed, "OLLAMA_BASE_URL": "http://127.0.0.1:1"}
    for variable, value in {**services, "CHAT_MODEL": "none"}.items():
        monkeypatch.setenv(variable, value)
    arguments = ["Where are the passwords kept?", "--database", planned.name, "--json", "-s", "test"]
    with pytest.raises(Failure, match="ollama"):
        ask.ask(ask.arguments(arguments))
    passages = json.loads(capsys.readouterr().out)["passages"]
    assert passages[0]["heading"] == "Operations > Passwords"
    assert len(passages) == 5
