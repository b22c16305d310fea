"""Names that a move makes, and definitions of indexes for another dimension."""

import pytest

from operations.reembed.postgres.indexes import concurrently, resized
from operations.reembed.postgres.names import LONGEST, Names, suffixed
from operations.reembed.row import Target

NAMES = Names("public", "chunks", "id", "text", "embedding")


@pytest.mark.parametrize("name", ["chunks", "x" * 63, "\N{SNOWMAN}" * 21])
def test_a_made_name_is_never_cut_by_the_server_and_stays_text(name: str) -> None:
    made = suffixed(name, "_before_0123456789ab")
    assert len(made.encode()) <= LONGEST
    assert made.endswith("_before_0123456789ab")
    assert name.startswith(made.removesuffix("_before_0123456789ab"))


def test_moves_that_differ_in_anything_never_share_a_name() -> None:
    others = [
        Names("public", "chunks", "id", "text", "embedding", "user_id", "7"),
        Names("public", "chunks", "id", "text", "embedding", "owner", "7"),
        Names("other", "chunks", "id", "text", "embedding"),
        Names("public", "chunks", "id", "body", "embedding"),
    ]
    target = Target("model", 384)
    digests = {names.move(target).digest for names in (NAMES, *others)}
    digests |= {NAMES.move(Target("model", 768)).digest, NAMES.move(Target("other", 384)).digest}
    assert len(digests) == 7


def test_casts_in_an_index_get_the_new_dimension_and_names_stay() -> None:
    definition = 'CREATE INDEX "halfvec(768)" ON t USING hnsw (((v)::public.halfvec(768)) public.halfvec_l2_ops)'
    assert resized(definition, 768, 1024) == definition.replace("public.halfvec(768)", "public.halfvec(1024)")
    assert resized(definition, None, 1024) == definition


def test_an_index_is_built_while_others_write() -> None:
    assert concurrently("CREATE INDEX a ON b") == "CREATE INDEX CONCURRENTLY a ON b"
    assert concurrently("CREATE UNIQUE INDEX a ON b") == "CREATE UNIQUE INDEX CONCURRENTLY a ON b"
