"""Single bits of a real backup, flipped in place one after the other: is each found before anything is restored?

python -m tests.e2e.bit_flips --folder DIR [--trials 1000] [--seed 1]

Makes a backup of a small Postgres in DIR and goes on where an earlier run has stopped: every trial is a line of
DIR/trials.jsonl, and bits are flipped in a copy that each run makes anew. Even trials take any byte of the repository,
odd ones any file of it, so that small files get theirs.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import json
import random
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from operations.backup.listing import Backup
from operations.backup.read_back import read_back
from operations.backup.repository import Repository
from operations.backup.verify import verify
from operations.failure import Failure
from tests.e2e.backup_rig import SECONDS, Rig, repository_at, rig_in

REPORTED = 25


@dataclass(frozen=True, kw_only=True)
class Flip:
    """`part` is the kind of file: data, index, snapshots, keys or config."""

    part: str
    file: str
    offset: int
    bit: int


@dataclass(frozen=True, kw_only=True)
class Trial:
    """`found`: what `verify` said of it, empty for nothing. `restore`: `refused`, or `equal` where the bit was one that
    this backup does not need and every byte came back as it was saved."""

    number: int
    flip: Flip
    found: str
    restore: str


def choose(folder: Path, seed: int, number: int) -> Flip:
    """The bit of that trial. Locks are no part of a backup."""
    dice = random.Random(f"{seed}-{number}")
    files = sorted(one for one in folder.rglob("*") if one.is_file() and one.parent.name != "locks")
    weights = [1 if number % 2 else one.stat().st_size for one in files]
    (file,) = dice.choices(files, weights)
    inside = file.relative_to(folder)
    offset = dice.randrange(file.stat().st_size)
    return Flip(part=inside.parts[0], file=str(inside), offset=offset, bit=dice.randrange(8))


@contextlib.contextmanager
def flipped(folder: Path, flip: Flip) -> Iterator[None]:
    """The bit is another one in this block."""
    file = folder / flip.file
    whole = file.read_bytes()
    file.chmod(0o600)
    try:
        file.write_bytes(whole[: flip.offset] + bytes([whole[flip.offset] ^ 1 << flip.bit]) + whole[flip.offset + 1 :])
        yield
    finally:
        file.write_bytes(whole)


def tried(repository: Repository, backup: Backup, seed: int, number: int) -> Trial:
    """Flips one bit, asks `verify` for it, then reads the backup as a restore would."""
    folder = Path(repository.location)
    flip, found, restore = choose(folder, seed, number), "", "equal"
    with flipped(folder, flip):
        try:
            verify(repository, backup, SECONDS)
        except Failure as failure:
            found = str(failure).partition("\n    -> ")[0]
        try:
            read_back(repository, backup, SECONDS)
        except Failure:
            restore = "refused"
    return Trial(number=number, flip=flip, found=found, restore=restore)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--trials", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    repository = prepared(options.folder)
    (backup,) = Rig("", repository, "").listed()
    record = options.folder / "trials.jsonl"
    done = [json.loads(line) for line in record.read_text().splitlines()] if record.exists() else []
    with record.open("a") as written:
        for number in range(len(done), options.trials):
            trial = asdict(tried(repository, backup, options.seed, number))
            if not trial["found"]:
                (backup,) = Rig("", repository, "").listed()  # it was marked as verified, and has another id now
            written.write(json.dumps(trial) + "\n")
            written.flush()
            done.append(trial)
            if len(done) % REPORTED == 0:
                print(summary(done), flush=True)
    verify(repository, backup, SECONDS)
    print(summary(done))
    return 0 if all(one["found"] for one in done) else 1


def prepared(folder: Path) -> Repository:
    """A copy of a repository with one whole backup, which is made when there is none."""
    place, copied = folder / "made", folder / "copy"
    if not place.exists():
        unfinished = folder / "unfinished"
        unfinished.mkdir()
        with rig_in(unfinished) as rig:
            rig.back_up()
        unfinished.rename(place)
    shutil.rmtree(copied, ignore_errors=True)
    shutil.copytree(place, copied)
    made = repository_at(str(copied / "repository"), copied / "password")
    return Repository(location=made.location, variables={**made.variables, "XDG_CACHE_HOME": str(folder / "cache")})


def summary(done: list[dict[str, object]]) -> str:
    parts = collections.Counter(str(one["flip"]["part"]) for one in done)  # type: ignore[index]
    found, refused = (sum(bool(one["found"]) for one in done), sum(one["restore"] == "refused" for one in done))
    where = ", ".join(f"{count} in {part}" for part, count in sorted(parts.items()))
    return f"{len(done)} bits ({where}): verify found {found}, a restore would have refused {refused}"


if __name__ == "__main__":
    sys.exit(main())
