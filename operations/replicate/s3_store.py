"""Contents as objects of an S3 bucket, named after their SHA-256."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from operations.bucket import ALREADY_THERE, CONFIG
from operations.failure import Failure

PREFIX = "sha256:"


class S3Store:
    """One bucket, which is made when it is missing. Objects are never overwritten with others, and never removed."""

    def __init__(self, url: str, access_key: str, secret_key: str, bucket: str) -> None:
        self.place, self._bucket = f"bucket {bucket} at {url}", bucket
        self._client: Any = boto3.client(
            "s3", endpoint_url=url, aws_access_key_id=access_key, aws_secret_access_key=secret_key,
            region_name="us-east-1", config=CONFIG,
        )  # fmt: skip
        self._made = False

    def put(self, content: bytes) -> str:
        """Raises Failure when the store refuses, or has other bytes than it was given."""
        digest = hashlib.sha256(content).digest()
        try:
            self._make()
            self._client.put_object(
                Bucket=self._bucket, Key=key_of(digest.hex()), Body=content, ContentType="application/json",
                ChecksumSHA256=base64.b64encode(digest).decode(),
            )  # fmt: skip
            stored = self._client.head_object(Bucket=self._bucket, Key=key_of(digest.hex()))
        except (BotoCoreError, ClientError) as error:
            raise Failure(f"{self.place}: {error}", "the same command goes on where it stopped") from None
        if stored["ContentLength"] != len(content):
            raise Failure(f"{self.place} holds {stored['ContentLength']} of {len(content)} bytes", "look at its disk")
        return f"{PREFIX}{digest.hex()}"

    def _make(self) -> None:
        if self._made:
            return
        try:
            self._client.create_bucket(Bucket=self._bucket)
        except ClientError as error:
            if error.response["Error"]["Code"] not in ALREADY_THERE:
                raise
        self._made = True


def key_of(digest: str) -> str:
    """Spread over folders, since some stores keep each object as a file."""
    return f"chunks/{digest[:2]}/{digest}.json"
