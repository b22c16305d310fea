"""Tests against real engines: the Pulumi CLI and Docker."""
