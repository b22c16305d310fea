"""In which order a run of all tests takes their files, and which of them need no container image.

The files of `make test` are handed to workers one by one. Those that need no image come first, since they run while the
images are still being made; the longest of the rest come next, so that no worker is left alone with one at the end.
"""

import os
from collections.abc import Sequence
from functools import cache

import pytest

WAITS = "AI_PLATFORM_TESTS_WAIT_FOR_IMAGES"
"""Set where something makes the images beside the tests."""
NEED_NO_IMAGE = (
    "tests/unit/",
    "tests/upgrade/",
    *(
        f"tests/engine/test_{name}"
        for name in (
            "cloudflare", "command", "docker_", "edge", "gpu_", "language_host", "random", "ssh", "tensordock_",
            "toolchain", "without_accounts",
        )
    ),
)  # fmt: skip
"""Beginnings of files. Any other file waits for the images."""
SECONDS = {
    "tests/engine/test_edge.py": 150,
    "tests/engine/test_platform.py": 200,
    "tests/e2e/test_mac_role.py": 180,
    "tests/e2e/test_office.py": 170,
    "tests/e2e/test_main_job.py": 160,
    "tests/e2e/test_host_verbs.py": 140,
    "tests/e2e/test_linux_machine.py": 120,
    "tests/e2e/test_gpu_stack.py": 90,
    "tests/engine/test_databases.py": 75,
    "tests/engine/test_internal_names.py": 70,
    "tests/e2e/test_proxy.py": 60,
    "tests/e2e/test_logins.py": 60,
    "tests/engine/test_whole_loss.py": 60,
    "tests/engine/test_replicated_service.py": 60,
}
"""How long the longest files take on two cores."""


def needs_images(nodeid: str) -> bool:
    """Whether a test may only begin when the images are there."""
    return not nodeid.startswith(NEED_NO_IMAGE)


def ordered(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The same tests; those of one file stay as they are."""
    return sorted(items, key=lambda item: _place(item.nodeid))


def wait_for_images(item: pytest.Item) -> None:
    """Where the images are made beside the tests: returns when all are there, and makes what could not be had."""
    if WAITS in os.environ and needs_images(item.nodeid) and (failure := _missing()):
        pytest.fail(failure, pytrace=False)


def _place(nodeid: str) -> tuple[bool, int]:
    return needs_images(nodeid), -SECONDS.get(nodeid.partition("::")[0], 0)


@cache
def _missing() -> str:
    """Why there is no point in any test with containers; empty when all images are there."""
    from toolchain.images import FAILURES, ensure_images  # noqa: PLC0415  (costs time that unit tests need not pay)

    try:
        ensure_images()
    except FAILURES as error:
        return f"the images that this test needs are not there: {error}"
    return ""
