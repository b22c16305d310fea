"""Shared by every tier."""

import asyncio
import signal

import pytest
from hypothesis import HealthCheck, settings

from tests.schedule import ordered, wait_for_images

# No test fails because a machine is slow.
settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("default")

# A run that was started in the background has SIGINT ignored, and hands that on to every program that it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = ordered(items)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    wait_for_images(item)


LOOP = asyncio.new_event_loop()


@pytest.fixture(scope="module", autouse=True)
def one_event_loop() -> None:
    """Where there is none Pulumi's SDK makes an event loop for itself, and never closes it."""
    asyncio.set_event_loop(LOOP)
