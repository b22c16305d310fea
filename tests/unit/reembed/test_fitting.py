"""What stands against a move, told from the shape of the table alone."""

from dataclasses import replace

import pytest

from operations.failure import Failure
from operations.reembed.postgres.fitting import require_fitting, require_free
from operations.reembed.postgres.names import Names
from operations.reembed.postgres.record import Record
from operations.reembed.postgres.shape import Column, Index, Shape
from operations.reembed.row import Target

NAMES = Names("public", "chunks", "id", "text", "embedding")
ANN = replace(NAMES, user_id="ann")
COLUMN = Column(3, "public.vector", "vector", 768, not_null=False, storage="external", privileges=False)
PLAIN = Index(1, "plain", "hnsw", "CREATE INDEX plain ON t USING hnsw (embedding public.vector_cosine_ops)")
HALF = Index(2, "half", "hnsw", "CREATE INDEX half ON t USING hnsw (((embedding)::public.halfvec(768)) o)")
SHAPE = Shape(7, COLUMN, (PLAIN,), ())


def record(names: Names, target: Target) -> Record:
    return Record(
        table="chunks", column="embedding", scope=names.scope, digest=names.move(target).digest, model=target.model,
        dimension=target.dimension, not_null=False, indexes=[],
    )  # fmt: skip


def test_what_fits_is_let_through() -> None:
    require_fitting(SHAPE, NAMES, Target("m", 2000))
    require_fitting(replace(SHAPE, indexes=(HALF,)), NAMES, Target("m", 3072))
    require_fitting(SHAPE, ANN, Target("m", 768))
    require_fitting(replace(SHAPE, uses=("view x",)), ANN, Target("m", 768))


@pytest.mark.parametrize(
    ("shape", "names", "dimension", "said"),
    [
        (SHAPE, NAMES, 2001, "cannot hold vector of 2001"),
        (replace(SHAPE, indexes=(HALF,)), NAMES, 4001, "cannot hold halfvec of 4001"),
        (SHAPE, ANN, 1024, "rows of one user cannot move alone"),
        (replace(SHAPE, uses=("view x", "trigger y")), NAMES, 768, "used by view x, trigger y"),
        (replace(SHAPE, vector=replace(COLUMN, privileges=True)), NAMES, 768, "privileges of its own"),
        (replace(SHAPE, vector=replace(COLUMN, dimension=None)), NAMES, 768, "leaves the dimension"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_reason(shape: Shape, names: Names, dimension: int, said: str) -> None:
    with pytest.raises(Failure, match=said) as caught:
        require_fitting(shape, names, Target("m", dimension))
    assert caught.value.code == 2


def test_moves_of_different_users_do_not_meet_and_all_others_do() -> None:
    target, other = Target("m", 768), Target("other", 768)
    bob = replace(NAMES, user_id="bob")
    require_free([record(bob, other)], ANN, target)
    require_free([record(ANN, target)], ANN, target)
    for open_move, wanted in ((ANN, NAMES), (NAMES, ANN), (NAMES, NAMES), (ANN, ANN)):
        with pytest.raises(Failure, match="still open"):
            require_free([record(open_move, other)], wanted, target)


def test_a_record_names_no_user() -> None:
    assert "ann" not in record(ANN, Target("m", 768)).model_dump_json()
