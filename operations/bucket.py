"""Makes a bucket in the platform's S3 store. Never removes or changes one."""

from __future__ import annotations

import sys

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel

from operations.failure import Failure, guarded
from operations.ssh_forward import reached
from operations.stdin_spec import read_spec

CONFIG = Config(connect_timeout=5, read_timeout=20, retries={"max_attempts": 5, "mode": "standard"})
ALREADY_THERE = ("BucketAlreadyOwnedByYou", "BucketAlreadyExists")


class BucketSpec(BaseModel):
    """What standard input holds; see components/bucket.py."""

    url: str
    access_key: str
    secret_key: str
    bucket: str
    docker_host: str | None = None
    ssh_options: list[str] = []


def main() -> int:
    return guarded(lambda: apply(read_spec(BucketSpec)))


def apply(spec: BucketSpec) -> None:
    """Raises Failure when the store does not answer or refuses."""
    with reached(spec.url, spec.docker_host, spec.ssh_options) as url:
        _make(spec, url)
    print(f"bucket {spec.bucket} is ready")


def _make(spec: BucketSpec, url: str) -> None:
    client = boto3.client(
        "s3",
        endpoint_url=url,
        aws_access_key_id=spec.access_key,
        aws_secret_access_key=spec.secret_key,
        region_name="us-east-1",
        config=CONFIG,
    )
    try:
        client.create_bucket(Bucket=spec.bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ALREADY_THERE:
            raise Failure(f"bucket {spec.bucket} at {spec.url}: {error}", "scripts/health") from error
    except BotoCoreError as error:
        raise Failure(f"bucket {spec.bucket} at {spec.url}: {error}", "scripts/health") from error


if __name__ == "__main__":
    sys.exit(main())
