"""Shared by every tier."""

from hypothesis import HealthCheck, settings

# No test fails because a machine is slow.
settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("default")
