"""scripts/models-apply against a real Ollama, and against a server that plays the registry's answers."""

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from simulators.http_server import Handler, serving_http
from toolchain.image_references import recorded_references

ROOT = Path(__file__).parents[2]
DIGEST = "d" * 64
NO_HOST = 'pull model manifest: Get "https://registry.ollama.ai/v2/m": dial tcp: lookup: no such host'


def apply(url: str, **spec: Any) -> "subprocess.CompletedProcess[str]":
    order = {"url": url, "models": ["m"], "fallback": None, "deadline_seconds": 60, **spec}
    return subprocess.run([sys.executable, "-m", "operations.models"], input=json.dumps(order), cwd=ROOT, timeout=90,
                          capture_output=True, text=True, check=False)  # fmt: skip


class Registry(Handler):
    """Ollama's API in front of a registry that answers as told."""

    held: ClassVar[set[str]]
    pulls: ClassVar[list[str]]
    answer: ClassVar[list[dict[str, Any]]]

    def do_GET(self) -> None:
        self._send([{"models": [{"name": name, "digest": DIGEST, "size": 1} for name in self.held]}])

    def do_POST(self) -> None:
        model = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["model"]
        if self.path == "/api/show":
            self._send([{"modelfile": ""}])
            return
        self.pulls.append(model)
        self._send(self.answer)
        if self.answer[-1] == {"status": "success"}:
            self.held.add(model)

    def _send(self, records: list[dict[str, Any]]) -> None:
        self.reply(200, b"".join(json.dumps(record).encode() + b"\n" for record in records))


@pytest.fixture
def registry() -> Iterator[str]:
    Registry.held, Registry.pulls, Registry.answer = set(), [], [{"status": "success"}]
    with serving_http(Registry) as url:
        yield url


def test_a_missing_model_is_pulled_once_and_a_present_one_is_left_alone(registry: str) -> None:
    first, second = apply(registry), apply(registry)
    assert (first.returncode, second.returncode) == (0, 0), first.stderr
    assert Registry.pulls == ["m:latest"]
    assert first.stdout == second.stdout
    assert json.loads(first.stdout) == {
        "models": {"m": "m:latest"},
        "chat": "m:latest",
        "digests": {"m:latest": DIGEST},
    }


def test_a_model_with_another_digest_than_the_pinned_one_stops_the_run_pulled_or_present(registry: str) -> None:
    for _ in range(2):
        done = apply(registry, digests={"m": "e" * 64})
        assert done.returncode == 1
        assert f"pinned {'e' * 64}\n    found  {DIGEST}" in done.stderr
    assert Registry.pulls == ["m:latest"]
    assert apply(registry, digests={"m": DIGEST}).returncode == 0


def test_without_leave_for_a_stand_in_an_unreachable_registry_stops_the_run(registry: str) -> None:
    Registry.answer = [{"status": "pulling manifest"}, {"error": NO_HOST}]
    done = apply(registry)
    assert done.returncode == 1
    assert "no such host" in done.stderr
    assert "-> scripts/model-pull.sh m:latest" in done.stderr


def test_a_model_that_does_not_exist_is_never_replaced_by_a_stand_in(registry: str) -> None:
    Registry.answer = [{"status": "pulling manifest"}, {"error": "pull model manifest: file does not exist"}]
    done = apply(registry, fallback="random-weights")
    assert done.returncode == 1
    assert "there is no model named 'm:latest'" in done.stderr


def test_a_server_that_is_not_there_is_named() -> None:
    done = apply("http://127.0.0.1:9")
    assert done.returncode == 1
    assert "no usable answer from Ollama at http://127.0.0.1:9" in done.stderr


@pytest.fixture
def ollama() -> Iterator[str]:
    """A real server that cannot reach any registry, whatever the network of this machine."""
    image = recorded_references()["ollama"]
    command = ["docker", "run", "--detach", "--rm", "--publish", "127.0.0.1::11434", "--dns", "127.0.0.1", image]
    container = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.strip()
    try:
        port = subprocess.run(["docker", "port", container, "11434"], capture_output=True, text=True, check=True,
                              timeout=30).stdout.strip()  # fmt: skip
        wait_for(f"http://{port}/api/version")
        yield f"http://{port}"
    finally:
        subprocess.run(["docker", "rm", "--force", container], capture_output=True, check=True, timeout=60)


def wait_for(url: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            assert time.monotonic() < deadline, url
            time.sleep(0.2)
        else:
            return


def test_the_stand_in_answers_in_plain_letters_and_is_made_only_once(ollama: str) -> None:
    first, second = (apply(ollama, models=["smollm2:135m"], fallback="random-weights") for _ in range(2))
    assert first.returncode == 0, first.stderr
    assert first.stdout == second.stdout
    assert "ITS ANSWERS ARE RANDOM TEXT" in first.stderr
    chat = json.loads(first.stdout)["chat"]
    order = json.dumps({"model": chat, "prompt": "hello", "stream": False}).encode()
    with urllib.request.urlopen(f"{ollama}/api/generate", order, timeout=60) as answer:
        text = json.load(answer)["response"]
    assert text.strip()
    assert set(text) <= set(" abcdefghijklmnopqrstuvwxyz")
