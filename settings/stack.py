"""Reads settings from the running Pulumi program: the one place that touches `pulumi` configuration."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pulumi
import yaml
from pulumi.runtime.config import CONFIG

from settings.environment import Environment
from settings.load import load
from settings.parsed import Parsed
from settings.simulated_edge import TOKEN, endpoint
from settings.stack_file import line_numbers


def current() -> Parsed:
    """The configuration of the stack that is being run, with what is wrong in it."""
    stack, namespace = pulumi.get_stack(), f"{pulumi.get_project()}:"
    # pulumi.Config can read a key but not list the keys, and an unknown key must be reported.
    raw = {
        key.removeprefix(namespace): _decoded(value) for key, value in CONFIG.get().items() if key.startswith(namespace)
    }
    file = Path(f"Pulumi.{stack}.yaml")
    return load(stack, raw, file.name, _lines(file))


def cloudflare(environment: Environment) -> tuple[str, str | None]:
    """Token of Cloudflare's API, and its address where that is another one than the provider's own.

    From the settings and `cloudflare:baseUrl` (CLOUDFLARE_BASE_URL works as well); of a simulated account from its
    folder. Raises RunError where that account was never started.
    """
    if environment.edge and environment.edge.simulated:
        try:
            account = endpoint(Path.cwd())
        except FileNotFoundError:
            stack = pulumi.get_stack()
            raise pulumi.RunError(
                "edge.simulated: the simulated Cloudflare account of this checkout was never started\n"
                f"next: scripts/preview -s {stack}, or make up STACK={stack}"
            ) from None
        return account.token, account.url
    return environment.secrets[TOKEN].get_secret_value(), pulumi.Config("cloudflare").get("baseUrl")


def _decoded(value: str) -> Any:
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value


def _lines(file: Path) -> dict[str, int]:
    """Line numbers for messages; a stack whose configuration lies elsewhere is reported without them."""
    if not file.is_file():
        return {}
    return line_numbers(yaml.compose(file.read_text(encoding="utf-8-sig"), Loader=yaml.CSafeLoader))
