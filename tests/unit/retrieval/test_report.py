"""What the user of scripts/ask sees, and the exit code."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from operations import ask as verb
from operations.ask_report import Report
from operations.failure import Failure
from operations.retrieval.answer import NOT_FOUND
from operations.retrieval.connections import Connections
from operations.retrieval.index import Synced
from operations.retrieval.passage import Passage
from operations.retrieval.reranker import Ranking
from operations.retrieval.search import Search
from tests.unit.retrieval.fake_service import serving

PASSAGE = Passage("docs/guide.md", "Guide > Add a service", "Create one file. [see] below", 0.91)


def chat(*pieces: str) -> tuple[int, bytes]:
    return 200, b"".join(json.dumps({"message": {"content": piece}}).encode() + b"\n" for piece in pieces)


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Passage]]:
    """Replaces search and documents; the list is what will be found."""
    passages = [PASSAGE]
    monkeypatch.setattr(verb, "load", lambda *_: [])
    monkeypatch.setattr(Search, "run", lambda *_: (Ranking(passages, "ranked by vectors only"), Synced(1, 1, 0)))
    yield passages


def run(monkeypatch: pytest.MonkeyPatch, answers: dict[str, Any], *arguments: str) -> int:
    with serving(answers) as service:
        variables = {"OLLAMA_BASE_URL": service.url, "CHAT_MODEL": "m"}
        monkeypatch.setattr(Connections, "of", lambda stack: Connections(stack, variables))
        return verb.ask(verb.arguments(["How do I add a service?", *arguments]))


@pytest.mark.usefixtures("found")
def test_an_answer_is_shown_with_its_sources(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = {"/api/tags": (200, {"models": [{"name": "m"}]}), "/api/chat": chat("Create ", "one file [1].")}
    assert run(monkeypatch, answers) == 0
    shown = capsys.readouterr()
    assert "Create one file [1]." in shown.out
    assert "docs/guide.md" in shown.out
    assert "0.910" in shown.out
    assert "warning: ranked by vectors only" in shown.err


@pytest.mark.usefixtures("found")
def test_sources_that_do_not_answer_end_with_two(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"/api/tags": (200, {"models": [{"name": "m"}]}), "/api/chat": chat(NOT_FOUND)}
    assert run(monkeypatch, answers) == 2


def test_nothing_found_ends_with_two_without_asking_a_model(
    monkeypatch: pytest.MonkeyPatch, found: list[Passage], capsys: pytest.CaptureFixture[str]
) -> None:
    found.clear()
    assert run(monkeypatch, {}) == 2
    assert "Nothing was found" in capsys.readouterr().out


@pytest.mark.usefixtures("found")
def test_a_stand_in_says_so_and_its_words_are_not_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = {
        "/api/tags": (200, {"models": [{"name": "random-weights:latest"}]}),
        "/api/chat": chat("gibberish", "blah"),
    }
    assert run(monkeypatch, answers) == 0
    shown = capsys.readouterr().out
    assert "stand-in with random weights" in shown
    assert "gibberish" not in shown
    assert "Create one file. [see] below" in shown


@pytest.mark.usefixtures("found")
def test_json_is_one_document_even_when_the_model_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Failure):
        run(monkeypatch, {"/api/tags": (500, b"broken")}, "--json")
    document = json.loads(capsys.readouterr().out)
    assert document["answer"] is None
    assert "answered 500" in document["error"]
    assert document["passages"][0]["number"] == 1
    assert document["chunks"] == {"total": 1, "embedded": 1, "removed": 0}


@pytest.mark.parametrize(
    "arguments", [[], [" "], ["q", "--top-k", "0"], ["q", "--overlap", "600"], ["q", "--chunk-size", "9"]]
)
def test_wrong_usage_ends_with_two(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        verb.arguments(arguments)
    assert caught.value.code == 2


def test_a_long_passage_is_shown_as_an_excerpt(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report("q", as_json=False, random_weights=True, passages=[Passage("a", "", "word " * 200, 1.0)])
    report.close()
    assert "word ..." in " ".join(capsys.readouterr().out.split())
