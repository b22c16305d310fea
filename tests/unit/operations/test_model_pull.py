"""A pull ends well only on the server's last word, and what a network does to it is taken up again."""

import time

import pytest

from operations.failure import Failure
from operations.ollama import pull as pull_module
from operations.ollama.pull import ATTEMPTS, pull
from operations.ollama.refusals import RegistryUnreachableError
from operations.ollama.server import NoAnswerError, Ollama, Record
from operations.ollama.verified import verified
from tests.unit.operations.fake_ollama import CUT, SUCCESS, FakeOllama, fake_ollama, part

MANIFEST = {"status": "pulling manifest"}
NO_HOST = {"error": 'pull model manifest: Get "https://registry.ollama.ai/v2/m": dial tcp: lookup: no such host'}


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pull_module, "PAUSE_SECONDS", 0.0)


def pulled(server: FakeOllama, stall_seconds: float = 5, deadline_seconds: float = 20) -> list[Record]:
    shown: list[Record] = []
    pull(Ollama(server.url, deadline_seconds), "m:latest", shown.append, stall_seconds)
    return shown


def test_success_is_the_last_record_and_nothing_else() -> None:
    with fake_ollama(pulls=[[MANIFEST, part(50), part(100), SUCCESS]]) as server:
        assert pulled(server)[-1] == SUCCESS


def test_an_answer_that_ends_without_success_is_no_success() -> None:
    with fake_ollama(pulls=[[MANIFEST, part(100)], [MANIFEST, part(100)], [MANIFEST, SUCCESS]]) as server:
        pulled(server)
        assert len(server.orders) == 3


def test_an_error_in_the_last_line_of_a_200_stops_the_pull_with_the_servers_words() -> None:
    error = {"error": "write /models/blobs/x: no space left on device"}
    with fake_ollama(pulls=[[MANIFEST, part(50), error]]) as server, pytest.raises(Failure, match="no space left"):
        pulled(server)


def test_a_cut_connection_is_taken_up_again(capsys: pytest.CaptureFixture[str]) -> None:
    with fake_ollama(pulls=[[MANIFEST, part(30), CUT], [MANIFEST, part(60), CUT], [part(100), SUCCESS]]) as server:
        pulled(server)
        assert len(server.orders) == 3
    assert capsys.readouterr().err.count("trying again") == 2


def test_a_silent_download_is_given_up_and_begun_again() -> None:
    with fake_ollama(pulls=[[MANIFEST, part(30), 20.0], [MANIFEST, SUCCESS]]) as server:
        began = time.monotonic()
        pulled(server, stall_seconds=0.3)
        assert time.monotonic() - began < 15


def test_a_download_that_only_repeats_its_bytes_has_stalled(capsys: pytest.CaptureFixture[str]) -> None:
    repeating = [step for _ in range(40) for step in (part(30), 0.05)]
    with fake_ollama(pulls=[[MANIFEST, *repeating, SUCCESS], [MANIFEST, SUCCESS]]) as server:
        pulled(server, stall_seconds=0.3)
        assert len(server.orders) == 2
    assert "no progress for 0.3 s; trying again" in capsys.readouterr().err


def test_a_server_that_checks_digests_may_be_silent_for_longer_than_a_download() -> None:
    with fake_ollama(pulls=[[part(100), {"status": "verifying sha256 digest"}, 1.0, SUCCESS]]) as server:
        pulled(server, stall_seconds=0.3)
        assert len(server.orders) == 1


def test_attempts_that_bring_nothing_come_to_an_end_with_their_cause() -> None:
    pulls = [[MANIFEST, part(30), CUT] for _ in range(ATTEMPTS + 5)]
    with fake_ollama(pulls=pulls) as server, pytest.raises(Failure, match="attempts in a row brought nothing"):
        pulled(server)


def test_attempts_that_bring_something_do_not_count_against_it() -> None:
    pulls = [[MANIFEST, part(10 * step), CUT] for step in range(1, ATTEMPTS + 4)]
    with fake_ollama(pulls=[*pulls, [SUCCESS]]) as server:
        pulled(server)
        assert len(server.orders) == len(pulls) + 1


def test_all_of_it_ends_at_the_deadline() -> None:
    pulls = [[MANIFEST, part(step + 1), 0.3, CUT] for step in range(50)]
    with fake_ollama(pulls=pulls) as server, pytest.raises(Failure, match="not done within 1 s"):
        pulled(server, deadline_seconds=1)


def test_a_registry_that_was_never_reached_is_told_of_at_once_and_one_that_went_away_is_tried_again() -> None:
    with fake_ollama(pulls=[[MANIFEST, NO_HOST]]) as server, pytest.raises(RegistryUnreachableError):
        pulled(server)
    with fake_ollama(pulls=[[MANIFEST, part(30), NO_HOST], [SUCCESS]]) as server:
        pulled(server)


def test_a_server_that_is_not_there_is_told_of_at_once() -> None:
    with pytest.raises(NoAnswerError, match=r"http://127\.0\.0\.1:9"):
        pulled(FakeOllama(url="http://127.0.0.1:9"))


def test_a_model_has_the_digest_that_was_pinned_or_both_are_named_and_nothing_is_removed() -> None:
    with fake_ollama(held={"m:latest": "d" * 64}) as server:
        ollama = Ollama(server.url, 20)
        assert verified(ollama, "m:latest", None) == verified(ollama, "m:latest", "d" * 64) == "d" * 64
        with pytest.raises(Failure, match=rf"(?s)pinned {'e' * 64}\n    found  {'d' * 64}"):
            verified(ollama, "m:latest", "e" * 64)
        assert server.removed == []


def test_a_model_that_is_listed_but_cannot_be_read_is_not_verified() -> None:
    with (
        fake_ollama(held={"m:latest": "d" * 64}, unreadable={"m:latest"}) as server,
        pytest.raises(Failure, match="lists m:latest, but cannot read it"),
    ):
        verified(Ollama(server.url, 20), "m:latest", None)
