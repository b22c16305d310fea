"""scripts/perf-test against scripted services: its table, its verdicts, its exit codes."""

import itertools
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from operations.failure import Failure
from operations.perf_test.__main__ import arguments, perf_test
from operations.perf_test.goals import SINGLE, SINGLE_CACHED
from operations.perf_test.texts import Texts
from operations.perf_test.timing import Timer, p95
from tests.unit.retrieval.fake_service import FakeService, serving

HEALTH = (200, {"model": "tiny", "dimension": 2})
RERANKED = (200, {"results": [{"index": number, "score": 0.5} for number in range(20)]})


@contextmanager
def pair(rerank: Any = RERANKED, batch: int = 4) -> Iterator[tuple[FakeService, FakeService]]:
    one, many = (200, {"embedding": [[1, 0]]}), (200, {"embedding": [[1, 0]] * batch})
    embed = {"/health": HEALTH, "/embed": [one] * 8 + [many] * 8 + [one] * 8}
    with serving(embed) as first, serving({"/health": HEALTH, "/rerank": rerank}) as second:
        yield first, second


def run(services: tuple[FakeService, FakeService], *more: str) -> int:
    urls = ("--embed-url", services[0].url, "--rerank-url", services[1].url)
    return perf_test(arguments([*urls, "--iterations", "5", "--batch-size", "4", *more]))


def test_the_table_has_target_acceptable_measured_and_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    with pair() as services:
        assert run(services) == 0
    output = capsys.readouterr().out
    for part in ("single embedding", "batch, per document", "rerank of 20", "P95 embed", "P95 rerank", "ACCEPTABLE"):
        assert part in output
    assert "embed model: tiny" in output


def test_every_timed_text_is_new_and_repeated_ones_come_only_when_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pair() as services:
        run(services, "--json", "--cached")
        bodies = [body["text"] for path, body in services[0].seen if path == "/embed"]
        documents = [body["documents"] for path, body in services[1].seen if path == "/rerank"]
    timed, repeated = list(itertools.chain(*bodies[:16])), list(itertools.chain(*bodies[16:]))
    assert len(set(timed)) == len(timed) == 8 + 8 * 4
    assert len(set(repeated)) == 1
    fresh = list(itertools.chain(*documents[:8]))
    assert len(set(fresh)) == len(fresh) == 8 * 20
    rows = json.loads(capsys.readouterr().out)["results"]
    assert [row["verdict"] for row in rows[5:]] == ["-", "-"]


def test_a_slow_service_ends_with_2(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    steps = itertools.count(0, 0.4)
    monkeypatch.setattr("operations.perf_test.timing.time.perf_counter", lambda: next(steps))
    with pair() as services:
        assert run(services, "--json") == 2
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)["results"]}
    assert rows["single embedding"]["verdict"] == "worse"
    assert rows["single embedding"]["measured_ms"] == pytest.approx(400)
    assert rows["batch, per document"]["measured_ms"] == pytest.approx(100)


@pytest.mark.parametrize("answer", [(200, {"results": []}), (200, [1]), (429, b"full"), (500, b"broken")])
def test_an_answer_that_is_no_ranking_does_not_count_as_fast(answer: Any) -> None:
    with pair(rerank=answer) as services, pytest.raises(Failure, match="rerank at http"):
        run(services)
    assert len([path for path, _ in services[1].seen if path == "/rerank"]) == 1


@pytest.mark.parametrize(
    ("measured", "verdict"), [(49.9, "target"), (50, "acceptable"), (100, "acceptable"), (101, "worse")]
)
def test_the_verdict_at_its_limits(measured: float, verdict: str) -> None:
    assert SINGLE.verdict(measured) == verdict
    assert SINGLE_CACHED.verdict(measured) == "-"


def test_the_95th_percentile_is_a_time_that_was_measured() -> None:
    assert p95(range(1, 101)) == 95
    assert p95([7.0]) == 7.0
    assert p95([3.0, 1.0, 2.0]) == 3.0


def test_it_ends_when_its_time_is_up() -> None:
    with pytest.raises(Failure, match="the time is up after 0 of 5"):
        Timer(5, time.monotonic() - 1).measure(lambda: None)


def test_two_runs_never_send_the_same_text() -> None:
    assert len({*Texts(5).many(100), *Texts(5).many(100)}) == 200
    assert len(Texts(40).one().split()) == 40
