"""What a machine itself is brought to: its whole script, and each file that it would write, to read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hosts.planned import role_of
from hosts.role import Role
from hosts.script import render_script
from hosts.step import Step
from planning.plan import Plan

SCRIPT = "setup.sh"
FOLDERS = {"service": ("launchd", ".plist"), "unit": ("systemd", "")}
"""First word of a step's name -> folder and ending of the file that it shows."""


def host_files(plan: Plan, host: str) -> Iterator[tuple[str, str]]:
    """Path inside the host's folder, and text. The script holds no secrets: it reads them from its first line."""
    role = role_of(plan, host)
    if role is None:
        return
    yield SCRIPT, render_script(role)
    for step in role.steps:
        yield from _shown(step)


def asked_for(plan: Plan, host: str) -> tuple[str, ...]:
    """Names of the secrets that the host's script reads."""
    role: Role | None = role_of(plan, host)
    return role.secrets if role else ()


def _shown(step: Step) -> Iterator[tuple[str, str]]:
    kind, _, name = step.name.partition(" ")
    if kind in FOLDERS and "\n" in step.shown:
        folder, ending = FOLDERS[kind]
        label = f"ai-platform.{name}" if kind == "service" else name
        yield f"{folder}/{label}{ending}", step.shown
    elif "\n" in step.text:
        yield f"files/{re.sub(r'[^A-Za-z0-9.-]+', '-', step.name).strip('-')}", step.text
