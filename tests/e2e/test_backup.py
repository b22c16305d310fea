"""Backups of a real Postgres in a real repository: killed, cut short, damaged, made twice at once, and put back."""

from __future__ import annotations

import contextlib
import random
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from operations.backup.listing import DATA
from operations.backup.prune import prune
from operations.backup.run import back_up
from operations.backup.sources.database import DatabaseSource
from operations.backup.sources.notes import roles
from operations.backup.verify import verify
from operations.failure import Failure
from operations.restore.roles import make_missing
from settings.backups import Keep
from tests.e2e.backup_rig import CANARY, ENVIRONMENT, SECONDS, TABLE, Rig, repository_at, rig_in, wait_until_up
from tests.e2e.bit_flips import Flip, choose, flipped

FLIPS = 12
COUNT = f"SELECT count(*) FROM {TABLE};"


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with rig_in(tmp_path_factory.mktemp("backup")) as made:
        made.back_up()
        yield made


def test_a_restore_brings_rows_indexes_rights_and_settings_back_and_keeps_what_was_there(rig: Rig) -> None:
    backup = rig.listed()[-1]
    rig.sql(f"DELETE FROM {TABLE} WHERE id > 7; CREATE TABLE later (id int);")
    restored = rig.restore(backup)
    assert rig.sql(COUNT) == "7"
    assert [one.share > 0.8 for one in restored.recall] == [True]
    before = rig.databases()
    said = restored.switch()
    assert rig.sql(COUNT) == "500"
    assert rig.sql("SHOW work_mem;") == "8MB"
    owner = "SELECT pg_get_userbyid(datdba), has_database_privilege('pg_monitor', oid, 'connect')"
    assert rig.sql(f"{owner} FROM pg_database WHERE datname = 'shop';", "postgres") == "owner_of_shop|f"
    (kept,) = rig.databases() - before
    assert kept in said
    assert rig.sql("SELECT count(*) FROM later;", kept) == "0"
    rig.sql(f'DROP DATABASE "{kept}";', "postgres")


def test_a_restore_under_another_name_leaves_the_live_database_alone(rig: Rig) -> None:
    rig.sql("CREATE TABLE IF NOT EXISTS mine (id int);")
    rig.restore(rig.listed()[-1], into="copy").switch()
    assert rig.sql(COUNT, "copy") == "500"
    assert rig.sql("SELECT count(*) FROM mine;") == "0"
    with pytest.raises(Failure, match="has a database copy already"):
        rig.restore(rig.listed()[-1], into="copy")
    rig.sql("DROP DATABASE copy;", "postgres")


def test_a_lost_role_comes_back_with_its_password(rig: Rig) -> None:
    hashed = "SELECT rolpassword FROM pg_authid WHERE rolname = 'second';"
    rig.sql("CREATE ROLE second LOGIN PASSWORD 'for-tests-only';", "postgres")
    saved = roles(rig.server).decode()
    known = rig.sql(hashed, "postgres")
    rig.sql("DROP ROLE second;", "postgres")
    make_missing(rig.server, saved)
    assert rig.sql(hashed, "postgres") == known != ""
    rig.sql("DROP ROLE second;", "postgres")


def test_neither_texts_nor_passwords_are_in_the_repository_or_in_what_is_said(
    rig: Rig, capfd: pytest.CaptureFixture[str]
) -> None:
    manifest = rig.back_up()
    said = "".join(capfd.readouterr()) + manifest.model_dump_json()
    stored = b"".join(file.read_bytes() for file in rig.files())
    for secret in (CANARY, "for-tests-only", rig.password, "SCRAM-SHA-256"):
        assert secret not in said
        assert secret.encode() not in stored


def test_a_backup_killed_at_any_point_is_never_listed_and_costs_nothing(rig: Rig) -> None:
    before = rig.listed()
    clock = random.Random(7)
    for _ in range(5):
        process = rig.start()
        try:
            process.communicate(timeout=clock.uniform(0.3, 3.0))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
        listed = rig.listed()
        # One that was quicker than its end has come about whole.
        assert [one.name for one in listed[: len(before)]] == [one.name for one in before]
        before = listed
    verify(rig.repository, before[-1], SECONDS)
    # What a killed run had handed to restic as a whole may come about a moment later, so this is not always the last.
    assert next(one for one in rig.listed() if one.name == before[-1].name).verified


def test_a_source_that_fails_leaves_no_backup_and_says_which_it_was(rig: Rig) -> None:
    before, snapshots = rig.listed(), len(rig.repository.snapshots(DATA))
    broken = DatabaseSource(server=rig.server, database="is_not_there")
    with pytest.raises(Failure, match="databases/postgres/is_not_there is not backed up, so nothing is"):
        back_up(rig.repository, ENVIRONMENT, [*rig.sources, broken], SECONDS)
    assert rig.listed() == before
    assert len(rig.repository.snapshots(DATA)) == snapshots


def test_two_backups_at_once_are_both_whole(rig: Rig) -> None:
    before = len(rig.listed())
    both = [rig.start() for _ in range(2)]
    said = [process.communicate(timeout=SECONDS)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert len(rig.listed()) == before + 2


def test_a_prune_in_the_middle_of_a_restore_harms_neither(rig: Rig) -> None:
    oldest = rig.listed()[0]
    pruned: list[list[str]] = []
    keep = Keep(days=1, weeks=0)
    beside = threading.Thread(target=lambda: pruned.append(prune(rig.repository, ENVIRONMENT, keep, SECONDS)))
    live = rig.sql(COUNT)
    beside.start()
    try:
        restored = rig.restore(oldest, into="pruned")
    except Failure:
        assert "pruned" not in rig.databases()
    else:
        assert rig.sql(COUNT, restored.name) == "500"
        restored.discard()
    beside.join(SECONDS)
    assert oldest.name in pruned[0]
    assert rig.sql(COUNT) == live
    proved = [one for one in rig.listed() if one.verified]
    assert len(proved) == 1
    verify(rig.repository, rig.listed()[-1], SECONDS)


def test_a_flipped_bit_is_found_before_anything_is_restored(rig: Rig) -> None:
    """A few of the bits that `python -m tests.e2e.bit_flips` takes by the thousand."""
    backup, databases, folder = rig.listed()[-1], rig.databases(), Path(rig.repository.location)
    for flip in [spelling(folder), *(choose(folder, 11, number) for number in range(FLIPS))]:
        with flipped(folder, flip), pytest.raises(Failure):
            verify(rig.repository, backup, SECONDS)
    verify(rig.repository, backup, SECONDS)
    assert rig.databases() == databases


def spelling(folder: Path) -> Flip:
    """The bit that makes a small letter of a field's name in a key file: restic reads it as before."""
    (key,) = (folder / "keys").iterdir()
    return Flip(part="keys", file=f"keys/{key.name}", offset=key.read_bytes().index(b'"N"') + 1, bit=5)


def test_a_full_disk_leaves_the_last_backup_valid_and_listed(rig: Rig, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk can only be mounted by root")
    try:
        small = Rig(
            rig.container, repository_at(str(disk / "it"), Path(rig.repository.variables["RESTIC_PASSWORD_FILE"])), ""
        )
        small.repository.make()
        small.back_up()
        (disk / "ballast").write_bytes(b"x" * max(0, shutil.disk_usage(disk).free - 60_000))
        rig.sql(f"UPDATE {TABLE} SET body = md5(random()::text);")
        with pytest.raises(Failure, match=r"no space left|not stored"):
            small.back_up()
        (disk / "ballast").unlink()
        assert len(small.listed()) == 1
        verify(small.repository, small.listed()[0], SECONDS)
        small.back_up()
        assert len(small.listed()) == 2
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_postgres_killed_under_load_loses_no_acknowledged_row(rig: Rig) -> None:
    rig.sql("CREATE TABLE journal (id int PRIMARY KEY); CREATE INDEX ON journal USING hash (id);")
    writer = subprocess.Popen(
        ["docker", "exec", "-i", rig.container, "psql", "-qtA", "-U", "postgres", "-d", "shop"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert writer.stdin and writer.stdout
    statements = "".join(f"INSERT INTO journal VALUES ({n}) RETURNING id;\n" for n in range(200_000))
    feeder = threading.Thread(target=_feed, args=(writer, statements), daemon=True)
    feeder.start()
    acknowledged = [int(writer.stdout.readline()) for _ in range(500)]
    subprocess.run(["docker", "kill", "--signal=KILL", rig.container], check=True, capture_output=True, timeout=60)
    acknowledged += [int(line) for line in writer.stdout.read().split()]
    feeder.join(60)
    writer.stdout.close()
    writer.wait(60)
    subprocess.run(["docker", "start", rig.container], check=True, capture_output=True, timeout=60)
    wait_until_up(rig.container)
    there = int(rig.sql(f"SELECT count(*) FROM journal WHERE id <= {max(acknowledged)};"))
    assert there == len(acknowledged) == max(acknowledged) + 1
    rig.sql("DROP TABLE journal;")


def _feed(writer: subprocess.Popen[str], statements: str) -> None:
    assert writer.stdin
    with contextlib.suppress(BrokenPipeError), writer.stdin as stdin:
        stdin.write(statements)
