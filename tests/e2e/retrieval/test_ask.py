"""scripts/ask over real services: it finds the right passage, keeps its store in step, and fails well."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import psycopg
import pytest

from operations.project import ROOT
from tests.e2e.retrieval.conftest import DOCUMENTS, PASSWORD

QUESTIONS = {
    "How do I add a service?": "Services > Add a service",
    "How do I get rid of a service?": "Services > Remove a service",
    "Where are the passwords kept?": "Operations > Passwords",
    "How long are database dumps kept?": "Operations > Backups",
    "How can I reach the platform from home?": "Operations > Remote access",
    "What happens to a GPU machine that is idle?": "Operations > Costs",
}


def ask(environment: dict[str, str], *arguments: str) -> tuple[int, dict[str, Any], str]:
    """Exit code, the JSON document (empty if there is none), standard error."""
    done = subprocess.run(
        [str(ROOT / "scripts" / "ask"), "--json", *arguments], env={**os.environ, **environment},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return done.returncode, json.loads(done.stdout) if done.stdout else {}, done.stderr


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_passage_that_answers_is_found_first(environment: dict[str, str], question: str) -> None:
    _, document, _ = ask(environment, question, str(DOCUMENTS))
    assert document["passages"][0]["heading"] == QUESTIONS[question]
    assert document["warnings"] == []


def test_a_missing_chat_model_shows_the_passages_and_names_the_service(environment: dict[str, str]) -> None:
    code, document, error = ask(environment, "How do I add a service?", str(DOCUMENTS))
    assert code == 1
    assert "ollama at http://127.0.0.1:1" in document["error"]
    assert document["passages"]
    assert "scripts/health -s dev" in error


def test_asking_again_embeds_only_what_changed_and_forgets_what_is_gone(
    environment: dict[str, str], tmp_path: Path
) -> None:
    notes = tmp_path / "notes"
    shutil.copytree(DOCUMENTS, notes)
    first = ask(environment, "backups", str(notes))[1]["chunks"]
    assert first["embedded"] == first["total"]
    again = ask(environment, "backups", str(notes))[1]["chunks"]
    assert again == {"total": first["total"], "embedded": 0, "removed": 0}
    text = (notes / "operations.md").read_text()
    (notes / "operations.md").write_text(text.replace("thirty days", "ninety days"))
    changed = ask(environment, "backups", str(notes))[1]["chunks"]
    assert changed == {"total": first["total"], "embedded": 1, "removed": 1}
    (notes / "operations.md").write_text("")
    emptied = ask(environment, "backups", str(notes))[1]["chunks"]
    assert emptied["removed"] == first["total"] - emptied["total"] > 0


def test_only_the_named_files_are_searched(environment: dict[str, str]) -> None:
    ask(environment, "passwords", str(DOCUMENTS))
    _, document, _ = ask(environment, "Where are the passwords kept?", str(DOCUMENTS / "services.md"))
    assert {Path(passage["source"]).name for passage in document["passages"]} == {"services.md"}


def test_without_the_reranker_the_vectors_rank_and_a_warning_says_so(environment: dict[str, str]) -> None:
    _, document, _ = ask({**environment, "RERANK_SERVICE_URL": "http://127.0.0.1:1"}, "passwords", str(DOCUMENTS))
    assert document["passages"][0]["heading"] == "Operations > Passwords"
    (warning,) = document["warnings"]
    assert "rerank at http://127.0.0.1:1" in warning


def test_another_dimension_is_refused_before_anything_is_written(environment: dict[str, str], database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("create extension if not exists vector")
        connection.execute("create schema retrieval")
        connection.execute("create table retrieval.chunks (source text, embedding halfvec(768))")
        code, _, error = ask(environment, "passwords", str(DOCUMENTS))
        assert code == 1
        assert "holds vectors of 768 numbers, the embed service gives 384" in error
        assert connection.execute("select count(*) from retrieval.chunks").fetchone() == (0,)
        ask(environment, "passwords", str(DOCUMENTS), "--rebuild")
        row = connection.execute("select count(*) from retrieval.chunks").fetchone()
    assert row
    assert row[0] > 0


@pytest.mark.parametrize(
    ("variable", "value", "named"),
    [
        ("EMBED_SERVICE_URL", "http://127.0.0.1:1", "embed at http://127.0.0.1:1"),
        ("DATABASE_URL", f"postgresql://postgres:{PASSWORD}@127.0.0.1:1/platform", "postgres at 127.0.0.1:1/platform"),
    ],
)
def test_a_service_that_is_down_is_named_with_its_address_and_never_its_password(
    environment: dict[str, str], variable: str, value: str, named: str
) -> None:
    code, document, error = ask({**environment, variable: value}, "passwords", str(DOCUMENTS))
    assert code == 1
    assert named in error
    assert named in document["error"]
    assert PASSWORD not in error + document["error"]
    assert "Traceback" not in error


def test_the_index_is_an_hnsw_of_half_vectors(environment: dict[str, str], database: str) -> None:
    ask(environment, "passwords", str(DOCUMENTS))
    with psycopg.connect(database) as connection:
        row = connection.execute("select indexdef from pg_indexes where indexname = 'chunks_embedding'").fetchone()
    assert row
    assert "hnsw (embedding halfvec_cosine_ops)" in row[0]
    assert "m='16', ef_construction='200'" in row[0]
