"""Shared by every tier."""

import asyncio
import signal

import pytest
from hypothesis import HealthCheck, settings

# No test fails because a machine is slow.
settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("default")

# A run that was started in the background has SIGINT ignored, and hands that on to every program that it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)


LOOP = asyncio.new_event_loop()


@pytest.fixture(scope="module", autouse=True)
def one_event_loop() -> None:
    """Where there is none Pulumi's SDK makes an event loop for itself, and never closes it."""
    asyncio.set_event_loop(LOOP)
