"""Configuration of a stack that is not the platform's own: plain values from its file, secret ones from the engine."""

from __future__ import annotations

from typing import Any

import yaml

from operations.engine import Engine
from operations.failure import Failure
from operations.project import ROOT


def configured(stack: str, key: str) -> str | None:
    """The value of `namespace:key` in the stack's file; None where it is not there.

    The engine, and the passphrase with it, is asked for secret values only. Raises Failure when it cannot decrypt.
    """
    value = _config(stack).get(key)
    if isinstance(value, dict) and "secure" in value:
        return secret(stack, key)
    return None if value is None else str(value)


def has_value(stack: str, key: str) -> bool:
    """Whether the stack's file has a value for `namespace:key`."""
    return _config(stack).get(key) is not None


def secret(stack: str, path: str) -> str:
    """The decrypted value at that path, e.g. `ai-platform:secrets.smtp-password`. Never print it."""
    engine = Engine(stack)
    done = engine.attempt("config", "get", "--path", path, *engine.options)
    if done.returncode:
        cause = f"the configuration {path} of {stack} cannot be read: {done.stderr.strip()}"
        raise Failure(cause, f"set it: scripts/pulumi config set --secret --path '{path}' -s {stack}")
    return done.stdout.rstrip("\n")


def _config(stack: str) -> dict[str, Any]:
    document = yaml.load((ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8-sig"), Loader=yaml.CSafeLoader)
    config = document.get("config") if isinstance(document, dict) else None
    return config if isinstance(config, dict) else {}
