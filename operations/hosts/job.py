"""A script for one host: what is sent, and how long it may take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hosts.facts import facts_script
from hosts.login_command import Mode
from operations.hosts.secrets import secrets_of
from operations.hosts.target import Target
from operations.ssh import PATIENCE_SECONDS
from operations.ssh_login import Login

LONGEST: dict[Mode, int] = {"check": 600, "apply": 3600}
"""Seconds, whatever the steps may take each; `apply` as in components/provisioned_host.py."""
BESIDE_STEPS = 60
FACTS_SECONDS = 120
LOOKING_PATIENCE = 30.0
"""Seconds; whoever only looks is told sooner that a host does not answer."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """`secrets` travel on standard input, before the script. `patience`: how long a host may take to let one in."""

    login: Login
    mode: Mode
    script: str
    seconds: int
    patience: float = LOOKING_PATIENCE
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def host(self) -> str:
        return self.login.name


def role_job(target: Target, mode: Mode) -> Job:
    """Checks or applies the host's role. Raises Failure where a secret that it needs is not known here."""
    steps = sum(step.seconds for step in target.role.steps) + target.role.lock_wait_seconds + BESIDE_STEPS
    seconds = min(steps, LONGEST[mode])
    secrets = secrets_of(target.login.stack, target.name, target.role.secrets)
    patience = PATIENCE_SECONDS if mode == "apply" else LOOKING_PATIENCE
    return Job(login=target.login, mode=mode, script=target.script, seconds=seconds, patience=patience, secrets=secrets)


def look_job(target: Target) -> Job:
    """Checks a host that has not got this role yet; its steps may not know the secrets, which may not be made yet."""
    return Job(
        login=target.login, mode="check", script=target.script, seconds=LONGEST["check"], patience=PATIENCE_SECONDS
    )


def facts_job(target: Target) -> Job:
    """Reads what the machine is."""
    return Job(login=target.login, mode="check", script=facts_script(target.role.platform), seconds=FACTS_SECONDS)
