"""Search in the knowledge schema: the indexes are used, nearly nothing is missed, and both orders count."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Iterator

import psycopg
import pytest
from psycopg import Connection

from operations.failure import Failure
from operations.retrieval.knowledge import Knowledge, literal, open_knowledge
from tests.e2e.databases.conftest import MadeDatabase

ROWS, DIMENSION, MODEL = 4000, 32, "model"
TABLES = {"documents": "wiki_sources", "chunks": "wiki_chunks"}
WORDS = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "sigma"]


def clustered(chooser: random.Random, centres: list[list[float]]) -> list[float]:
    """Near one of the centres, as embeddings of real texts are."""
    centre = chooser.choice(centres)
    return [number + chooser.gauss(0, 0.35) for number in centre]


@pytest.fixture(scope="module")
def made(knowledge: Callable[..., MadeDatabase]) -> MadeDatabase:
    """A database with texts and vectors of two models, put in by the ingest role."""
    made = knowledge(f"search_{secrets.token_hex(3)}", dimension=DIMENSION, tables=TABLES)
    chooser = random.Random(7)
    centres = [[chooser.gauss(0, 1) for _ in range(DIMENSION)] for _ in range(40)]
    with made.connect("ingest") as ingest, ingest.cursor() as cursor:
        cursor.execute("insert into wiki_sources (path) select 'page-' || n from generate_series(1, 2000) n")
        with cursor.copy("copy wiki_chunks (document_id, position, heading_path, text) from stdin") as copy:
            for number in range(ROWS):
                text = f"{chooser.choice(WORDS)} number{number} " + " ".join(chooser.choices(WORDS[:3], k=20))
                copy.write_row((number % 50 + 1, number, "Heading", text))
        with cursor.copy("copy embeddings (chunk_id, embedding_model, embedding) from stdin") as copy:
            for number in range(ROWS):
                copy.write_row((number + 1, MODEL, literal(clustered(chooser, centres))))
            for number in range(0, ROWS, 10):
                copy.write_row((number + 1, "other", literal(clustered(chooser, centres))))
    with made.administrator() as administrator:
        administrator.execute("vacuum analyze")
    return made


@pytest.fixture
def knowledge_of(made: MadeDatabase) -> Iterator[Knowledge]:
    with open_knowledge(made.url("read"), made.planned.tables, "") as found:
        yield found


@pytest.fixture
def read(made: MadeDatabase) -> Iterator[Connection]:
    with made.connect("read") as connection:
        yield connection


def vectors(read: Connection, count: int) -> list[list[float]]:
    rows = read.execute("select embedding::text from embeddings where chunk_id %% 97 = 5 limit %s", [count]).fetchall()
    chooser = random.Random(3)
    return [[float(part) + chooser.gauss(0, 0.1) for part in row[0].strip("[]").split(",")] for row in rows]


def plan_of(read: Connection, query: str, arguments: list[object]) -> str:
    return "\n".join(row[0] for row in read.execute(f"explain {query}", arguments).fetchall())


@pytest.mark.parametrize(
    ("query", "arguments", "indexes"),
    [
        ("select * from search_semantic(%s::halfvec, 'model', 24)", ["vector"], {"embeddings_embedding_idx"}),
        ("select * from search_text(%s, 24)", ["kappa theta"], {"wiki_chunks_terms_idx"}),
        (
            "select * from search_hybrid(%s::halfvec, %s, 'model', 12, 24)", ["vector", "kappa"],
            {"embeddings_embedding_idx", "wiki_chunks_terms_idx"},
        ),
        ("select * from wiki_sources where path = %s", ["page-7"], {"wiki_sources_path_key"}),
        ("select * from wiki_chunks where document_id = %s", [7], {"wiki_chunks_document_id_position_key"}),
    ],
)  # fmt: skip
def test_searches_go_through_their_indexes(
    read: Connection, query: str, arguments: list[object], indexes: set[str]
) -> None:
    given = [literal([0.5] * DIMENSION) if one == "vector" else one for one in arguments]
    told = plan_of(read, query, given)
    assert all(f"Index Scan using {name}" in told or f"Bitmap Index Scan on {name}" in told for name in indexes), told


def test_of_the_ten_nearest_hardly_one_is_missed(read: Connection, knowledge_of: Knowledge) -> None:
    found, wanted = 0, 0
    for vector in vectors(read, 40):
        near = {passage.text for passage in knowledge_of.semantic(vector, MODEL, 10)}
        with read.transaction():
            read.execute("set local enable_indexscan = off")
            exact = read.execute(
                "select c.text from embeddings e join wiki_chunks c on c.id = e.chunk_id where e.embedding_model = %s"
                " order by e.embedding <=> %s::halfvec limit 10", [MODEL, literal(vector)],
            ).fetchall()  # fmt: skip
        found += len(near & {row[0] for row in exact})
        wanted += len(exact)
    assert wanted == 400
    assert found / wanted >= 0.99, f"recall {found / wanted}"


def test_a_model_with_few_rows_among_many_of_another_gives_all_that_are_wanted(
    read: Connection, knowledge_of: Knowledge
) -> None:
    for vector in vectors(read, 5):
        assert len(knowledge_of.semantic(vector, "other", 50)) == 50


def test_words_find_the_chunk_that_has_them_and_a_question_needs_not_all_of_them(knowledge_of: Knowledge) -> None:
    for question in ("number1234", "Where is number1234 mentioned?"):
        assert "number1234 " in knowledge_of.text(question, 5)[0].text
    assert knowledge_of.text("the of and", 5) == []
    for hostile in ("'; drop table wiki_chunks; --", "a & | ! b", ":*", "\\", "'"):
        knowledge_of.text(hostile, 5)


def test_what_both_orders_name_comes_first(read: Connection, knowledge_of: Knowledge) -> None:
    (vector,) = vectors(read, 1)
    near = knowledge_of.semantic(vector, MODEL, 24)
    word = near[7].text.split()[1]
    merged = knowledge_of.hybrid(vector, word, MODEL, 12)
    assert merged[0].text == near[7].text
    assert len(merged) == 12
    assert [one.text for one in knowledge_of.hybrid(vector, word, MODEL, 12)] == [one.text for one in merged]
    scores = [one.score for one in merged]
    assert scores == sorted(scores, reverse=True)


def test_without_words_in_common_the_vectors_alone_rank(read: Connection, knowledge_of: Knowledge) -> None:
    (vector,) = vectors(read, 1)
    merged = knowledge_of.hybrid(vector, "nowhere", MODEL, 12)
    assert [one.text for one in merged] == [one.text for one in knowledge_of.semantic(vector, MODEL, 12)]


def test_a_vector_of_another_length_and_too_many_candidates_are_refused(knowledge_of: Knowledge) -> None:
    with pytest.raises(Failure, match="holds vectors of 32 numbers, the embed service gives 3"):
        knowledge_of.semantic([0.1, 0.2, 0.3], MODEL, 5)
    with pytest.raises(Failure, match="1000 at most"):
        knowledge_of.text("x", 1001)


@pytest.mark.parametrize("vector", [[0.0] * DIMENSION, [float("nan")] * DIMENSION, [float("inf")] * DIMENSION, [1.0]])
def test_a_vector_that_means_nothing_is_not_stored(made: MadeDatabase, vector: list[float]) -> None:
    with made.connect("ingest") as ingest, pytest.raises(psycopg.Error):
        ingest.execute("insert into embeddings values (1, 'fresh', %s::halfvec)", [literal(vector)])
    with made.connect("read") as connection:
        assert connection.execute("select 1 from embeddings where embedding_model = 'fresh'").fetchone() is None


def test_sessions_of_applications_search_with_settings_that_find_enough(read: Connection) -> None:
    read.execute("select '[1]'::halfvec")
    assert read.execute("show hnsw.ef_search").fetchone() == ("100",)
    assert read.execute("show hnsw.iterative_scan").fetchone() == ("strict_order",)
