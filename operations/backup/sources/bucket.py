"""A bucket of the platform's object store, object by object: so it fits every store that speaks S3."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, cast

from operations.backup.archive import ArchiveWriter
from operations.backup.manifest import BucketFacts
from operations.backup.store import S3Client, objects, said_plainly
from operations.ollama.deadline import Deadline


@dataclass(frozen=True, kw_only=True)
class BucketSource:
    """An object that goes while the backup runs is left out; one that changes size in between fails it."""

    service: str
    store: S3Client
    bucket: str

    @property
    def name(self) -> str:
        return f"buckets/{self.service}/{self.bucket}"

    def save(self, archive: ArchiveWriter, deadline: Deadline) -> BucketFacts:
        with said_plainly(f"bucket {self.bucket} of {self.service}"):
            saved = [key for key in sorted(objects(self.store, self.bucket)) if self._add(archive, key, deadline)]
        return BucketFacts(bucket=self.bucket, objects=len(saved))

    def _add(self, archive: ArchiveWriter, key: str, deadline: Deadline) -> bool:
        deadline.left(self.name)
        try:
            answer = self.store.get_object(Bucket=self.bucket, Key=key)
        except self.store.exceptions.NoSuchKey:
            return False
        archive.add(f"objects/{key}", answer["ContentLength"], cast(IO[bytes], answer["Body"]))
        return True
