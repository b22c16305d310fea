"""The client of Ollama against scripted answers."""

import json

import pytest

from operations.failure import Failure
from operations.retrieval.answer import NOT_FOUND, ChatModel, is_answer, prompt
from operations.retrieval.passage import Passage
from tests.unit.retrieval.fake_service import FakeService, serving

PASSAGES = [Passage("a.md", "A", "first", 0.9), Passage("b.md", "", "second", 0.8)]


def tags(*names: str) -> tuple[int, object]:
    return 200, {"models": [{"name": name} for name in names]}


def lines(*parts: object) -> tuple[int, bytes]:
    return 200, b"".join(json.dumps(part).encode() + b"\n" for part in parts)


def ask(service: FakeService) -> str:
    return "".join(ChatModel(service.remote("ollama"), "m").stream("why?", PASSAGES))


@pytest.mark.parametrize(
    ("names", "chosen", "stand_in"),
    [
        (["llama3.1:8b", "random-weights:latest"], "llama3.1:8b", False),
        (["random-weights:latest"], "random-weights:latest", True),
    ],
)
def test_the_wanted_model_is_used_where_it_is_and_the_stand_in_elsewhere(
    names: list[str], chosen: str, stand_in: bool
) -> None:
    with serving({"/api/tags": tags(*names)}) as service:
        chat = ChatModel.choose(service.remote("ollama"), "llama3.1:8b")
    assert chat.name == chosen
    assert chat.is_stand_in is stand_in


def test_a_model_that_is_not_there_is_named_with_those_that_are() -> None:
    with serving({"/api/tags": tags("mistral:7b")}) as service, pytest.raises(Failure, match="there are: mistral:7b"):
        ChatModel.choose(service.remote("ollama"), "llama3.1:8b")


def test_the_answer_is_put_together_from_its_pieces() -> None:
    pieces = [{"message": {"content": part}} for part in ("One ", "file [1].")]
    with serving({"/api/chat": lines(*pieces, {"done": True})}) as service:
        assert ask(service) == "One file [1]."
    path, body = service.seen[0]
    assert path == "/api/chat"
    assert body["messages"][1]["content"] == prompt("why?", PASSAGES)


def test_sources_are_numbered_and_the_question_comes_last() -> None:
    text = prompt("why?", PASSAGES)
    assert "[1] a.md: A\nfirst" in text
    assert "[2] b.md: second" in text
    assert text.endswith("Question: why?")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lines({"message": {"content": "One"}}, {"error": "out of memory"}), "out of memory"),
        ((404, b'{"error": "model not found"}'), "model not found"),
        ((200, b"<html>"), "not Ollama's"),
        (lines(7), "not Ollama's"),
    ],
)
def test_a_broken_answer_fails_with_its_cause(answer: tuple[int, bytes], said: str) -> None:
    with serving({"/api/chat": answer}) as service, pytest.raises(Failure, match=said):
        ask(service)


def test_an_answer_that_was_not_found_is_told_from_one_that_was() -> None:
    assert is_answer("Create a file [1].")
    assert not is_answer(f" {NOT_FOUND}\n")
    assert not is_answer("  ")
