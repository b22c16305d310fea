"""A collection of Qdrant is moved, disturbed and moved back, against a small server of the same rules."""

from collections.abc import Iterator
from typing import Any

import pytest
from urllib3.util import Retry

from operations.failure import Failure
from operations.reembed.move import Mover
from operations.reembed.qdrant.client import Client, pool
from operations.reembed.qdrant.collection import QdrantCollection
from operations.reembed.row import Target
from operations.reembed.service import Service
from operations.retrieval.remote import Remote
from tests.unit.reembed.embed_service import EmbedService, embedding, vector_of
from tests.unit.reembed.qdrant_server import KEY, Collection, Qdrant, serving

POINTS, OLD = 25, 4


@pytest.fixture
def qdrant() -> Iterator[Qdrant]:
    """A collection `docs-1` behind the alias `do cs`, with an indexed payload field."""
    vectors = {"size": OLD, "distance": "Cosine", "on_disk": True}
    config = {"params": {"vectors": vectors, "shard_number": 1}, "hnsw_config": {"m": 8}}
    collection = Collection(config, {"lang": {"data_type": "keyword", "params": {"type": "keyword"}}})
    for number in range(POINTS):
        collection.points[number] = point(number)
    with serving(Qdrant({"docs-1": collection}, {"do cs": "docs-1"})) as started:
        yield started


@pytest.fixture
def service() -> Iterator[EmbedService]:
    with embedding(EmbedService()) as started:
        yield started


def point(number: int, text: str = "") -> dict[str, Any]:
    text = text or f"text {number}"
    return {"id": number, "payload": {"text": text, "lang": "en"}, "vector": vector_of("old", text, OLD)}


def collection(qdrant: Qdrant, alias: str = "do cs", vector: str | None = None) -> QdrantCollection:
    return QdrantCollection(Client(Remote("qdrant", qdrant.url, "scripts/health", pool(KEY))), alias, "text", vector)


def move(qdrant: Qdrant, service: EmbedService, *, dry: bool = False, vector: str | None = None) -> list[str]:
    said: list[str] = []
    connected = Service.connect(Remote("embed", service.url, "scripts/health"), Retry(0))
    Mover(collection(qdrant, vector=vector), connected, 10, 8, said.append).run(dry=dry)
    return said


def require_moved(qdrant: Qdrant, points: int = POINTS) -> None:
    found = qdrant.collections[qdrant.aliases["do cs"]].points
    assert len(found) == points
    assert all(each["vector"] == vector_of("new", each["payload"]["text"], 16) for each in found.values())


def test_the_alias_turns_to_a_collection_like_the_old_one_with_the_new_vectors(
    qdrant: Qdrant, service: EmbedService
) -> None:
    said = move(qdrant, service)
    require_moved(qdrant)
    new = qdrant.collections[qdrant.aliases["do cs"]]
    assert new.config["params"]["vectors"] == {"size": 16, "distance": "Cosine", "on_disk": True}
    assert new.config["hnsw_config"] == {"m": 8}
    assert new.schema["lang"]["data_type"] == "keyword"
    assert len(qdrant.collections["docs-1"].snapshots) == 1
    assert "snapshot snapshot-0 of 1,234 bytes" in " ".join(said)


def test_a_dry_run_writes_nothing(qdrant: Qdrant, service: EmbedService) -> None:
    move(qdrant, service, dry=True)
    assert list(qdrant.collections) == ["docs-1"]
    assert qdrant.collections["docs-1"].snapshots == []


def test_a_move_that_was_broken_off_goes_on_with_what_is_missing(qdrant: Qdrant, service: EmbedService) -> None:
    service.refuse = lambda texts: (500, {}, "broken") if service.requests >= 4 else None
    with pytest.raises(Failure, match="answered 500"):
        move(qdrant, service)
    assert qdrant.aliases["do cs"] == "docs-1"
    service.refuse = lambda texts: None
    move(qdrant, service)
    require_moved(qdrant)
    assert sorted(qdrant.upserted) == list(range(POINTS))
    assert len(qdrant.collections["docs-1"].snapshots) == 1


def test_points_written_and_removed_meanwhile_are_caught_up_with(qdrant: Qdrant, service: EmbedService) -> None:
    def write(requests: int) -> None:
        if requests == 5:
            points = qdrant.collections["docs-1"].points
            points[0] = point(0, "changed")
            points[99] = point(99)
            del points[1]

    service.after = write
    move(qdrant, service)
    require_moved(qdrant)
    assert qdrant.collections[qdrant.aliases["do cs"]].points[0]["payload"]["text"] == "changed"


def test_the_way_back_turns_the_alias_and_removes_the_new_collection(qdrant: Qdrant, service: EmbedService) -> None:
    move(qdrant, service)
    assert move(qdrant, service)[-1].startswith("moved already")
    said = collection(qdrant).back()
    assert "docs-1 again: 25 points" in said
    assert (list(qdrant.collections), qdrant.aliases) == (["docs-1"], {"do cs": "docs-1"})
    with pytest.raises(Failure, match="no open move"):
        collection(qdrant).back()


def test_an_unfinished_move_is_undone_too_and_another_is_refused_until_then(
    qdrant: Qdrant, service: EmbedService
) -> None:
    service.refuse = lambda texts: (500, {}, "broken") if service.requests >= 4 else None
    with pytest.raises(Failure):
        move(qdrant, service)
    service.refuse, service.model = lambda texts: None, "other"
    with pytest.raises(Failure, match="still open"):
        move(qdrant, service)
    collection(qdrant).back()
    assert list(qdrant.collections) == ["docs-1"]


def test_dropping_the_backup_removes_the_old_collection_unless_it_is_in_use(
    qdrant: Qdrant, service: EmbedService
) -> None:
    move(qdrant, service)
    qdrant.aliases["other"] = "docs-1"
    with pytest.raises(Failure, match="in use under other"):
        collection(qdrant).drop_backup()
    del qdrant.aliases["other"]
    collection(qdrant).drop_backup()
    assert "docs-1" not in qdrant.collections
    assert move(qdrant, service)[-1].startswith("moved already")
    require_moved(qdrant)


def test_only_the_named_vector_changes_and_the_others_go_along(qdrant: Qdrant, service: EmbedService) -> None:
    docs = qdrant.collections["docs-1"]
    docs.config["params"]["vectors"] = {"body": {"size": OLD}, "title": {"size": 2}}
    for each in docs.points.values():
        each["vector"] = {"body": each["vector"], "title": [1.0, 2.0]}
    with pytest.raises(Failure, match="several vectors"):
        move(qdrant, service)
    move(qdrant, service, vector="body")
    new = qdrant.collections[qdrant.aliases["do cs"]].points[3]["vector"]
    assert new == {"body": vector_of("new", "text 3", 16), "title": [1.0, 2.0]}


@pytest.mark.parametrize(("alias", "said"), [("docs-1", "not an alias"), ("none", "no collection or alias")])
def test_a_name_that_could_not_be_switched_in_one_step_is_refused(qdrant: Qdrant, alias: str, said: str) -> None:
    with pytest.raises(Failure, match=said):
        collection(qdrant, alias).survey(Target("new", 16))


def test_a_point_without_a_text_is_named(qdrant: Qdrant, service: EmbedService) -> None:
    qdrant.collections["docs-1"].points[7]["payload"]["text"] = " "
    with pytest.raises(Failure, match="point 7 has no text in 'text'"):
        move(qdrant, service)


def test_a_wrong_key_is_refused_by_the_server_and_not_repeated_in_the_message(qdrant: Qdrant) -> None:
    client = Client(Remote("qdrant", qdrant.url, "scripts/health", pool("wrong-key")))
    with pytest.raises(Failure, match="answered 401") as caught:
        client.aliases()
    assert "wrong-key" not in str(caught.value)
