"""The embed service as a move sees it: busy, choosy, changing."""

import pytest
from urllib3.util import Retry

from operations.failure import Failure
from operations.reembed.row import Row
from operations.reembed.service import PATIENT, Service
from operations.retrieval.remote import Remote
from tests.unit.reembed.embed_service import EmbedService, Refusal, embedding, vector_of

ROWS = [Row(number, f"text {number}", "") for number in range(7)]


def connect(service: EmbedService, retries: Retry) -> Service:
    return Service.connect(Remote("embed", service.url, "scripts/health -s dev"), retries)


@pytest.mark.parametrize("status", [429, 503])
def test_a_full_queue_is_waited_for(status: int) -> None:
    answers = [(status, {"retry-after": "0"}, "full")] * 3
    with embedding(EmbedService(refuse=lambda texts: answers.pop() if answers else None)) as service:
        found = connect(service, PATIENT.new(backoff_factor=0)).vectors(ROWS)
    assert found == [vector_of("new", row.text, 16) for row in ROWS]


def test_waiting_has_an_end_however_long_the_service_asks_for() -> None:
    assert PATIENT.retry_after_max <= 60
    assert isinstance(PATIENT.status, int)
    assert PATIENT.status * PATIENT.retry_after_max <= 600


def test_a_batch_that_is_too_large_is_halved_until_it_fits() -> None:
    def refuse(texts: list[str]) -> Refusal | None:
        return (413, {}, "at most 2") if len(texts) > 2 else None

    with embedding(EmbedService(refuse=refuse)) as service:
        assert connect(service, Retry(0)).vectors(ROWS) == [vector_of("new", row.text, 16) for row in ROWS]
        assert max(service.embedded.values()) == 1


def test_the_row_whose_text_is_refused_is_named() -> None:
    def refuse(texts: list[str]) -> Refusal | None:
        return (422, {}, "no") if "text 5" in texts else None

    with (
        embedding(EmbedService(refuse=refuse)) as service,
        pytest.raises(Failure, match=r"the embed service answers 422 to the text of row 5\n"),
    ):
        connect(service, Retry(0)).vectors(ROWS)


def test_a_dimension_that_health_does_not_keep_is_found_before_any_row() -> None:
    with (
        embedding(EmbedService(health_dimension=32)) as service,
        pytest.raises(Failure, match="expected 1 vectors of 32 numbers"),
    ):
        connect(service, Retry(0))


@pytest.mark.parametrize("change", [{"model": "other"}, {"dimension": 32}])
def test_another_model_or_dimension_is_noticed(change: dict[str, object]) -> None:
    with embedding(EmbedService()) as service:
        connected = connect(service, Retry(0))
        connected.require_same()
        for name, value in change.items():
            setattr(service, name, value)
        with pytest.raises(Failure, match="by now, this move began with new"):
            connected.require_same()
