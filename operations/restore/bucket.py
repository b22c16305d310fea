"""Restores a bucket into a new one beside it, reads it back, then copies over what differs within the store."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import IO, cast

from operations.backup.archive import CHUNK, Hashed
from operations.backup.manifest import BucketFacts, Part
from operations.backup.read_back import digest_of
from operations.backup.store import S3Client, objects, said_plainly
from operations.failure import Failure
from operations.ollama.deadline import Deadline
from operations.restore.restored import Members, checked, stamp

FOLDER = "objects/"
LONGEST = 35
"""A bucket's name has at most 63 characters."""


@dataclass(frozen=True, kw_only=True)
class BucketTarget:
    """The store that has the bucket."""

    store: S3Client
    service: str
    deadline: Deadline


@dataclass(frozen=True, kw_only=True)
class RestoredBucket:
    """`name` is the new bucket, `live` the one that applications use, `digests` its objects."""

    target: BucketTarget
    name: str
    live: str
    digests: dict[str, str]

    def switch(self) -> str:
        """What differs is first kept in a bucket of its own. One that was cut off is gone over by the next restore."""
        store, before = self.target.store, f"{self.live[:LONGEST]}-before-{stamp()}"
        with said_plainly(f"bucket {self.live} of {self.target.service}"):
            _make(store, self.live)
            there = objects(store, self.live)
            changed = [key for key in there if self._digest(key) != self.digests.get(key)]
            if changed:
                _make(store, before)
            for key in changed:
                self._copy(self.live, before, key)
            for key in self.digests:
                if key not in there or key in changed:
                    self._copy(self.name, self.live, key)
            for key in changed:
                if key not in self.digests:
                    store.delete_object(Bucket=self.live, Key=key)
            self.discard()
        kept = f"what differed is kept in the bucket {before}" if changed else "nothing in it differed"
        return f"bucket {self.live} of {self.target.service} is switched; {kept}"

    def discard(self) -> None:
        with said_plainly(f"bucket {self.name} of {self.target.service}"):
            for key in objects(self.target.store, self.name):
                self.target.store.delete_object(Bucket=self.name, Key=key)
            self.target.store.delete_bucket(Bucket=self.name)

    def _copy(self, source: str, target: str, key: str) -> None:
        self.target.deadline.left(target)
        self.target.store.copy({"Bucket": source, "Key": key}, target, key)

    def _digest(self, key: str) -> str:
        return digest_of(cast(IO[bytes], self.target.store.get_object(Bucket=self.live, Key=key)["Body"]))


def restore_bucket(target: BucketTarget, part: Part, given: Members) -> RestoredBucket:
    """The bucket beside the live one, verified. Raises Failure, and then nothing of it stays."""
    facts = part.facts
    assert isinstance(facts, BucketFacts)  # noqa: S101  (the caller has looked)
    name = f"{facts.bucket[:LONGEST]}-restoring-{stamp()}"
    digests = {file.path.removeprefix(f"{part.name}/{FOLDER}"): file.sha256 for file in part.files}
    made = RestoredBucket(target=target, name=name, live=facts.bucket, digests=digests)
    with said_plainly(f"bucket {name} of {target.service}"):
        _make(target.store, name)
        try:
            for info, content in checked(part, given):
                target.deadline.left(name)
                target.store.upload_fileobj(_Whole(content), name, info.name.removeprefix(FOLDER))
            _require_equal(target, name, digests)
        except BaseException:
            made.discard()
            raise
    return made


class _Whole:
    """A content in pieces; the store's client asks for it without a size."""

    def __init__(self, content: Hashed) -> None:
        self._content = content

    def read(self, size: int = -1) -> bytes:
        return self._content.read(size if size and size > 0 else CHUNK * 64)


def _make(store: S3Client, bucket: str) -> None:
    with contextlib.suppress(store.exceptions.BucketAlreadyOwnedByYou, store.exceptions.BucketAlreadyExists):
        store.create_bucket(Bucket=bucket)


def _require_equal(target: BucketTarget, name: str, digests: dict[str, str]) -> None:
    for key, wanted in digests.items():
        found = digest_of(cast(IO[bytes], target.store.get_object(Bucket=name, Key=key)["Body"]))
        if found != wanted:
            cause = f"object {key} of {target.service} differs from what was saved; the live bucket was not touched"
            raise Failure(cause, "use another backup")
