"""An S3 store of the platform, and its objects as streams."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from operations.bucket import CONFIG
from operations.failure import Failure

S3Client = Any
"""boto3 makes its clients at run time: there is no class to name."""


def client(url: str, secret_key: str) -> S3Client:
    """With the platform's own access key."""
    return boto3.client(
        "s3", endpoint_url=url, aws_access_key_id="platform", aws_secret_access_key=secret_key,
        region_name="us-east-1", config=CONFIG,
    )  # fmt: skip


@contextlib.contextmanager
def said_plainly(what: str) -> Iterator[None]:
    """Turns what the store refuses into a Failure."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise Failure(f"{what}: {error}", "scripts/health") from None


def objects(store: S3Client, bucket: str) -> dict[str, int]:
    """Sizes by key."""
    pages = store.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return {one["Key"]: one["Size"] for page in pages for one in page.get("Contents", [])}
