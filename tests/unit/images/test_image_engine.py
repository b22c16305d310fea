"""A reference is compared with the engine's listing in the engine's own spelling."""

import pytest

from toolchain.image_engine import listed_name

DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("reference", "listed"),
    [
        ("ai-platform/base:0123", "ai-platform/base:0123"),
        (f"docker.io/library/redis:8@{DIGEST}", f"redis@{DIGEST}"),
        (f"docker.io/pgvector/pgvector:0.8.6-pg16@{DIGEST}", f"pgvector/pgvector@{DIGEST}"),
        (f"ghcr.io/open-webui/open-webui:v1@{DIGEST}", f"ghcr.io/open-webui/open-webui@{DIGEST}"),
        (f"127.0.0.1:5000/x:1@{DIGEST}", f"127.0.0.1:5000/x@{DIGEST}"),
    ],
)
def test_a_reference_is_spelled_as_the_engine_lists_it(reference: str, listed: str) -> None:
    assert listed_name(reference) == listed
