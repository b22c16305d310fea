"""An environment whose host, state and checkout are all gone comes back by one command, from the repository alone."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.checkout import Checkout, docker

ROWS = """
CREATE TABLE chunks (id serial PRIMARY KEY, body text, embedding vector(32));
INSERT INTO chunks (body, embedding) SELECT 'canary-51c2 ' || i,
    (SELECT array_agg(sin(i * 7 + j)::real) FROM generate_series(1, 32) j)::vector FROM generate_series(1, 300) i;
CREATE INDEX ON chunks USING hnsw ((embedding::halfvec(32)) halfvec_cosine_ops) WITH (m = 16, ef_construction = 200);
"""
NEAREST = """
SET enable_seqscan = off;
EXPLAIN SELECT id FROM chunks
ORDER BY embedding::halfvec(32) <=> (SELECT embedding::halfvec(32) FROM chunks LIMIT 1) LIMIT 5;
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    made = Checkout(root=tmp_path / "first")
    made.serve("postgres")
    made.sections["backups"] = {"repository": str(tmp_path / "repository"), "keep": {"days": 3}}
    made.write()
    yield made
    made.destroy()


def query(checkout: Checkout, text: str) -> str:
    """As the application's own role."""
    container = f"ai-platform-{checkout.stack}-postgres"
    command = [
        "docker",
        "exec",
        "-i",
        container,
        "psql",
        "-qtA",
        "-v",
        "ON_ERROR_STOP=1",
        "-U",
        "postgres",
        "-d",
        "platform",
    ]
    return subprocess.run(
        command, input=f"SET ROLE platform; {text}", capture_output=True, text=True, timeout=60, check=True
    ).stdout.strip()


def test_a_host_lost_with_its_state_and_checkout_is_green_again_after_one_command(
    checkout: Checkout, tmp_path: Path
) -> None:
    checkout.up()
    query(checkout, ROWS)
    old = checkout.secrets()
    said = checkout.run("backup", "-s", checkout.stack)
    said += checkout.run("restore", "drill", "-s", checkout.stack)
    (listed,) = json.loads(checkout.run("backup", "list", "-s", checkout.stack, "--json"))["backups"]
    assert listed["drilled"]
    assert (
        "ai_platform_restore_drill_success"
        in (checkout.root / ".state" / "backups" / f"{checkout.stack}.prom").read_text()
    )

    password = (checkout.root / ".state" / "backups" / f"{checkout.stack}.password").read_text()
    checkout.destroy()
    shutil.rmtree(checkout.root)
    new = Checkout(root=tmp_path / "second", stack=checkout.stack)
    new.sections = checkout.sections
    new.write()
    checkout.root = new.root
    kept = new.root / ".state" / "backups" / f"{new.stack}.password"
    kept.parent.mkdir()
    kept.write_text(password)
    kept.chmod(0o600)
    said += new.run("restore", "whole", "-s", new.stack)

    assert query(new, "SELECT count(*) FROM chunks;") == "300"
    assert "Index Scan using chunks_embedding" in query(new, NEAREST)
    assert "healthy" in new.run("health", "-s", new.stack)
    assert not [one for one in [*old, *new.secrets(), password.strip(), "canary-51c2"] if one in said]
    assert "platform_before_" in docker("exec", f"ai-platform-{new.stack}-postgres", "psql", "-U", "postgres", "-lqt")
