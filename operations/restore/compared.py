"""A restored database beside what was saved: dumped once more, table by table, byte for byte.

The second dump is hashed where the server is and does not leave it: only digests do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from operations.backup.database_facts import facts
from operations.backup.manifest import DatabaseFacts
from operations.failure import Failure
from operations.restore.preflight import numbers
from operations.restore.wanted import WantedDatabase

# Takes the place of the first dump, which was loaded: so it needs no room of its own. Lines as of sha256sum;
# openssl hashes by the processor's own instructions, some five times as fast.
DIGESTS = """
rm -rf "$3/dump"
pg_dump --username=postgres --no-password --format=directory --section=data --jobs="$2" --compress=0 --no-sync \\
    --file="$3/dump" --dbname="$1" 2>"$3/said" || { head -n 1 "$3/said" >&2; exit 1; }
sum='shasum -a 256'
if command -v sha256sum >/dev/null; then sum=sha256sum; fi
if command -v openssl >/dev/null; then sum='openssl dgst -sha256 -r'; fi
find "$3/dump" -type f -print0 | xargs -0 -P "$2" -n 16 $sum
"""


def require_equal(wanted: WantedDatabase, name: str, folder: str) -> None:
    """`folder` is where the dump was unpacked. Raises Failure that names what differs: rows, indexes, contents."""
    server, saved = wanted.server, wanted.facts
    with server.session(name, wanted.seconds) as session:
        now = facts(session)
    differing = differences(saved, now)
    # Another major version may write the same value in another way.
    if now.version // 10_000 == saved.version // 10_000:
        kept = {file.path: file.sha256 for file in wanted.part.files}
        if contents(digests(wanted, name, folder)) != contents(kept):
            differing.append("the contents of at least one table")
    if differing:
        raise Failure(
            f"{saved.database} on {server.service} was restored beside the live one and differs from what was saved: "
            f"{'; '.join(differing)}. The live one was not touched",
            "use another backup",
        )


def digests(wanted: WantedDatabase, name: str, folder: str) -> dict[str, str]:
    """Of each file that a dump of the restored database consists of, by its path."""
    with wanted.server.script(DIGESTS, (name, str(wanted.jobs), folder), wanted.seconds) as process:
        assert process.stdout  # noqa: S101  (it is a pipe)
        lines = process.stdout.read().decode().splitlines()
    return {path.removeprefix("*"): digest for digest, path in (line.split(maxsplit=1) for line in lines)}


def differences(saved: DatabaseFacts, now: DatabaseFacts) -> list[str]:
    """In words; empty when all is there."""
    found = [
        f"{table} has {now.rows.get(table, 'no')} rows instead of {rows}"
        for table, rows in saved.rows.items()
        if now.rows.get(table) != rows
    ]
    found += [
        f"sequence {name} stands elsewhere" for name, at in saved.sequences.items() if now.sequences.get(name) != at
    ]
    found += [f"index {name} is missing or not valid" for name in saved.indexes if name not in now.indexes]
    found += [
        f"extension {name} is older than {version}"
        for name, version in saved.extensions.items()
        if numbers(now.extensions.get(name, "")) < numbers(version)
    ]
    return found


def contents(files: Mapping[str, str]) -> Counter[str]:
    """Digests of the tables' contents: the numbers in the names of the files differ from dump to dump."""
    return Counter(digest for path, digest in files.items() if path.endswith(".dat") and not path.endswith("/toc.dat"))
