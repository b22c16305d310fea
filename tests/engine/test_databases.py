"""Databases through the scripts that users run: up, nothing to do, a migration, a rotation, and a way back."""

from __future__ import annotations

import json
import stat
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from providers.certificates.plugin import issuing
from tests.engine.checkout import Checkout
from tests.engine.test_platform import changes

SCHEMA = {
    "001-notes.sql": 'CREATE TABLE :"notes" (id integer PRIMARY KEY);',
    "001-notes.down.sql": 'DROP TABLE :"notes";',
}
SECOND = {
    "002-text.sql": "ALTER TABLE :\"notes\" ADD text text NOT NULL DEFAULT 'x';",
    "002-text.down.sql": 'ALTER TABLE :"notes" DROP text;',
}


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    made = Checkout(tmp_path / "checkout")
    made.serve("postgres")
    made.sections["databases"] = {"kb": {"schema": "schemas/kb", "extensions": [{"name": "vector"}]}}
    put(made, SCHEMA)
    made.write()
    try:
        yield made
    finally:
        made.destroy()


def put(checkout: Checkout, files: dict[str, str]) -> None:
    folder = checkout.root / "schemas" / "kb"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def url(checkout: Checkout, name: str = "DATABASE_URL") -> str:
    file = checkout.root / ".env.test"
    checkout.run("env-file", "-s", checkout.stack, "--to", str(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    return dict(line.split("=", 1) for line in file.read_text().splitlines() if line.startswith(name))[name]


def require_verified_only(checkout: Checkout, address: str) -> None:
    """Nobody comes in without TLS, and a client that verifies takes this server with this authority only."""
    authority = Path(f"{checkout.root / '.env.test'}.authority.pem")
    assert stat.S_IMODE(authority.stat().st_mode) == 0o644
    with pytest.raises(psycopg.OperationalError, match="no encryption"):
        psycopg.connect(address, sslmode="disable")
    with psycopg.connect(address, sslmode="verify-full", sslrootcert=str(authority)) as connection:
        row = connection.execute("select version from pg_stat_ssl where pid = pg_backend_pid()").fetchone()
        assert row and row[0] in ("TLSv1.2", "TLSv1.3")
    stranger = checkout.root / "stranger.pem"
    stranger.write_text(issuing.authority(issuing.new_key(), "stranger", datetime.now(UTC), 1).certificate)
    with pytest.raises(psycopg.OperationalError, match="certificate verify failed"):
        psycopg.connect(address, sslmode="verify-full", sslrootcert=str(stranger))
    told = subprocess.run(
        ["docker", "inspect", f"ai-platform-{checkout.stack}-postgres"], capture_output=True, text=True, check=True
    ).stdout
    assert "PRIVATE KEY" not in told
    assert "PRIVATE KEY" not in checkout.run("pulumi", "stack", "export", "-s", checkout.stack)


def test_life_of_a_database(checkout: Checkout) -> None:
    assert changes(checkout.up())
    assert changes(checkout.up()) == []
    first = url(checkout)
    require_verified_only(checkout, first)
    with psycopg.connect(url(checkout, "INGEST_DATABASE_URL")) as ingest:
        ingest.execute("insert into notes values (1)")

    put(checkout, SECOND)
    assert "kb: 1 applied, 1 to run\n  would run  002-text" in checkout.run("preview", "-s", checkout.stack)
    assert "would run  002-text" in checkout.run("migrate", "-s", checkout.stack, "--dry-run")
    said = checkout.up()
    assert "would run  002-text" in said
    assert "002-text done" in said
    (backup,) = (checkout.root / ".state" / "before-migrations" / checkout.stack / "kb").iterdir()
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600

    put(checkout, {"003-broken.sql": "SELECT 1/0;", "003-broken.down.sql": "SELECT 1;"})
    assert "003-broken failed and was rolled back" in checkout.up(code=1)
    with psycopg.connect(first) as reader:
        assert reader.execute("select id, text from notes").fetchall() == [(1, "x")]
    for path in (checkout.root / "schemas" / "kb").glob("003-*"):
        path.unlink()

    assert "both logins work" in checkout.run("rotate", "kb", "read", "-s", checkout.stack)
    second = url(checkout)
    with psycopg.connect(first, autocommit=True), psycopg.connect(second, autocommit=True):
        said = checkout.run("rotate", "kb", "read", "-s", checkout.stack, "--finish", code=1)
        assert "1 connections of kb_read_a from" in said
    checkout.run("rotate", "kb", "read", "-s", checkout.stack, "--finish")
    psycopg.connect(second).close()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(first)
    assert changes(checkout.up()) == []

    assert "1 migrations taken back" in checkout.run("migrate", "down", "-s", checkout.stack)
    state = checkout.run("pulumi", "stack", "export", "-s", checkout.stack)
    exported = json.dumps(json.loads(state))
    assert not any(secret in exported for secret in checkout.secrets())
