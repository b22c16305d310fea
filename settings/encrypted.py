"""What stands in settings for a secret that was not decrypted."""

ENCRYPTED = "(encrypted)"
"""Stands for a secret whose value only the engine can decrypt; good enough to plan with, never to run with."""
