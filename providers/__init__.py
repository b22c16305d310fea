"""Pulumi providers that are ours."""
