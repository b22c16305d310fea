"""Requests made up from the OpenAPI page itself, within what it allows and beyond: each is answered as it promises."""

from collections.abc import Iterator

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inference.embed import embed_app, embed_service
from inference.rerank import rerank_app, rerank_service
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.unit.inference import conftest
from tests.unit.inference.models_on_disk import write_model

PROMISED = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
SOME = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
COMMON = [("GET", "/health"), ("GET", "/ready"), ("GET", "/live"), ("GET", "/metrics"), ("GET", "/v1/models")]
OPERATIONS = {
    "embed": [("POST", "/embed"), ("POST", "/v1/embeddings"), *COMMON],
    "rerank": [("POST", "/rerank"), ("POST", "/v1/rerank"), *COMMON],
}


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, TestClient]]:
    root = tmp_path_factory.mktemp("models")
    write_model(root / "tiny")
    embed = embed_app(embed_service(conftest.settings(root, "embed", model="tiny")))
    rerank = rerank_app(rerank_service(conftest.settings(root, "rerank", model="tiny")))
    with TestClient(embed) as first, TestClient(rerank) as second:
        yield {"embed": conftest.until_ready(first), "rerank": conftest.until_ready(second)}


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(
    "operation", [(name, *found) for name in OPERATIONS for found in OPERATIONS[name]], ids=" ".join
)
@SOME
@given(data=st.data())
def test_every_answer_is_one_that_the_page_describes(
    clients: dict[str, TestClient], operation: tuple[str, str, str], mode: GenerationMode, data: st.DataObject
) -> None:
    service, method, path = operation
    client = clients[service]
    described = schemathesis.openapi.from_dict(client.app.openapi())[path][method]  # type: ignore[attr-defined]
    if mode is GenerationMode.NEGATIVE and not described.body:
        return
    case = data.draw(described.as_strategy(generation_mode=mode))
    sent = {
        name: value
        for name, value in case.as_transport_kwargs(base_url="http://testserver").items()
        if value is not None
    }
    if isinstance(sent.get("data"), bytes | str):
        sent["content"] = sent.pop("data")
    sent.pop("cookies", None)
    answer = client.request(**sent)
    case.validate_response(answer, checks=PROMISED)
