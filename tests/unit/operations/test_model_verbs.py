"""scripts/models on a stack whose outputs and file are real, and whose servers speak the protocol."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from operations import model_servers, model_verbs, outputs, project
from tests.unit.operations.fake_ollama import CUT, SUCCESS, FakeOllama, fake_ollama, part

FILE = """
config:
  ai-platform:hosts:
    local: {{kind: local, address: 127.0.0.1, cpus: 8, memory_gb: 64, disk_gb: 500}}
  ai-platform:services:
    ollama: {{host: local, models: ["named:1b", plain]}}
    ollama-two: {{kind: ollama, host: local, port: 11435, models: ["two:1b"]}}
  ai-platform:models:
    chat: "named:1b"
    digests: {{{pins}}}
    sizes_gb: {{"named:1b": 1, plain: 1, "two:1b": 1}}
"""
Verb = Callable[..., int]


@pytest.fixture
def servers() -> Iterator[tuple[FakeOllama, FakeOllama]]:
    held = {"named:1b": "1" * 64, "plain:latest": "2" * 64, "other:1b": "3" * 64}
    with fake_ollama(held=held) as first, fake_ollama(held={"named:1b": "1" * 64, "two:1b": "4" * 64}) as second:
        yield first, second


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, servers: tuple[FakeOllama, FakeOllama]) -> Verb:
    """Runs a verb; gives its exit code."""
    for module in (model_servers, project):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(outputs, "STATE", tmp_path / ".state")
    monkeypatch.setattr(project, "STATE", tmp_path / ".state")
    kinds = {"ollama": "ollama", "ollama-two": "ollama"}
    endpoints: list[dict[str, Any]] = [
        {"name": name, "service": kind, "host": "local", "url": server.url}
        for (name, kind), server in zip(kinds.items(), servers, strict=True)
    ]
    outputs.write("test", {"endpoints": endpoints, "models": {"chat": "named:1b", "embedding": "e"}, "credentials": {}})

    def verb(*arguments: str, pins: str = "") -> int:
        (tmp_path / "Pulumi.test.yaml").write_text(FILE.format(pins=pins), encoding="utf-8")
        monkeypatch.setattr(sys, "argv", ["models", *arguments, "-s", "test"])
        return model_verbs.main()

    return verb


def test_unused_is_what_the_plan_does_not_name_for_that_server(stack: Verb, capsys: pytest.CaptureFixture[str]) -> None:
    assert stack("unused", "--json") == 0
    found = {(row["service"], row["name"]): row["size_bytes"] for row in json.loads(capsys.readouterr().out)}
    assert found == {("ollama", "other:1b"): 5_000_000}
    assert stack("unused", "--service", "ollama-two") == 0
    assert capsys.readouterr().out == "test: none\n"


def test_the_list_shows_whole_digests_ready_to_be_pinned(stack: Verb, capsys: pytest.CaptureFixture[str]) -> None:
    assert stack("list") == 0
    assert "3" * 64 in capsys.readouterr().out


def test_exactly_the_model_that_was_named_is_removed(stack: Verb, servers: tuple[FakeOllama, FakeOllama]) -> None:
    assert stack("remove", "other:1b") == 0
    assert [server.removed for server in servers] == [["other:1b"], []]


@pytest.mark.parametrize("model", ["named:1b", "plain", "plain:latest"])
def test_a_model_of_the_plan_is_never_removed(
    stack: Verb, servers: tuple[FakeOllama, FakeOllama], model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert stack("remove", model) == 2
    assert "the plan of test names it" in capsys.readouterr().err
    assert [server.removed for server in servers] == [[], []]


def test_a_model_that_is_nowhere_and_one_on_several_servers_are_not_guessed(
    stack: Verb, servers: tuple[FakeOllama, FakeOllama], capsys: pytest.CaptureFixture[str]
) -> None:
    assert stack("remove", "missing:1b") == 2
    servers[1].held["other:1b"] = "3" * 64
    assert stack("remove", "other:1b") == 2
    assert "choose one: --service NAME" in capsys.readouterr().err
    assert stack("remove", "other:1b", "--service", "ollama-two") == 0
    assert [server.removed for server in servers] == [[], ["other:1b"]]


def test_a_pull_goes_to_every_server_and_names_the_digest_that_came(
    stack: Verb, servers: tuple[FakeOllama, FakeOllama], capsys: pytest.CaptureFixture[str]
) -> None:
    for server in servers:
        server.pulls.append([part(50), SUCCESS])
    assert stack("pull", "new:1b") == 0
    assert capsys.readouterr().out == "".join(
        f"{name}: new:1b {'d' * 64} (not pinned)\n" for name in ("ollama", "ollama-two")
    )


def test_a_pull_of_another_digest_than_the_pinned_one_fails_with_both(
    stack: Verb, servers: tuple[FakeOllama, FakeOllama], capsys: pytest.CaptureFixture[str]
) -> None:
    servers[0].pulls.append([SUCCESS])
    assert stack("pull", "plain", "--service", "ollama", pins=f"plain: '{'e' * 64}'") == 1
    assert f"pinned {'e' * 64}\n    found  {'d' * 64}" in capsys.readouterr().err
    assert servers[0].removed == []


def test_a_model_that_has_its_pinned_digest_is_not_pulled(
    stack: Verb, servers: tuple[FakeOllama, FakeOllama], capsys: pytest.CaptureFixture[str]
) -> None:
    assert stack("pull", "plain", "--service", "ollama", pins=f"plain: '{'2' * 64}'") == 0
    assert servers[0].orders == []
    assert capsys.readouterr().out.endswith("as pinned\n")


def test_a_pin_of_no_model_is_refused_with_the_nearest_name(stack: Verb, capsys: pytest.CaptureFixture[str]) -> None:
    assert stack("list", pins=f"plian: '{'2' * 64}'") == 2
    assert "did you mean `plain`?" in capsys.readouterr().err


def test_names_that_lead_out_of_a_folder_are_refused(stack: Verb, capsys: pytest.CaptureFixture[str]) -> None:
    assert stack("pull", "../../etc/passwd") == 2
    assert "is no name of a model" in capsys.readouterr().err


def test_a_service_that_the_file_does_not_name_any_more_stops_every_verb(
    stack: Verb, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[__name__], "FILE", FILE.replace("ollama-two:", "ollama-new:"))
    assert stack("unused") == 2
    assert "runs ollama-two, which Pulumi.test.yaml does not name any more" in capsys.readouterr().err


def test_progress_without_a_terminal_is_lines(
    stack: Verb, servers: tuple[FakeOllama, FakeOllama], capsys: pytest.CaptureFixture[str]
) -> None:
    servers[0].pulls += [[part(50), CUT], [part(100), SUCCESS]]
    assert stack("pull", "new:1b", "--service", "ollama") == 0
    assert "new:1b: pulling aaaaaaaaaaaa 50% of 0 MB\n" in capsys.readouterr().err


def test_before_the_first_up_has_ended_the_plan_says_where_the_servers_are(stack: Verb, tmp_path: Path) -> None:
    stack("list")
    outputs.remove("test")
    found = model_servers.model_servers("test")
    assert {server.service: server.url for server in found} == {
        "ollama": "http://127.0.0.1:11434",
        "ollama-two": "http://127.0.0.1:11435",
    }
    assert found[0].named == {"named:1b", "plain:latest"}
    (tmp_path / ".state" / "outputs" / "test.json").write_text("{")
    assert stack("list") == 2
