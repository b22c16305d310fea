"""The backups of an environment as lines of `scripts/health`, where a timer makes them."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime

from operations.backup.listing import found
from operations.backup.opening import repository_of
from operations.backup.standing import standing
from operations.failure import Failure
from operations.probing.endpoint import Endpoint
from operations.probing.verdict import Finding, State, Verdict
from operations.project import ROOT
from operations.stack_plan import stack_plan
from settings.backups import Backups
from settings.stack_file import read


def verdicts(stack: str, seconds: float) -> list[Verdict]:
    """None for an environment without a timer. A repository that cannot be asked in time is unhealthy: it could not
    be restored from either."""
    settings = read(ROOT, stack).environment.backups
    if settings is None or settings.timer is None:
        return []
    if shutil.which("restic") is None:
        return _all(settings, settings.timer.host, Finding(State.UNKNOWN, "restic is not installed on this machine"))
    try:
        repository = replace(repository_of(stack_plan(stack)), patience=seconds)
        findings = standing(found(repository, stack), settings, datetime.now(UTC))
    except Failure as failure:
        cause = str(failure).partition("\n    -> ")[0].replace("\n", " ")
        return _all(settings, settings.timer.host, Finding(State.UNHEALTHY, cause))
    return [
        Verdict(_endpoint(name, settings, settings.timer.host), finding.state, finding.detail, None)
        for name, finding in findings.items()
    ]


def _all(settings: Backups, host: str, finding: Finding) -> list[Verdict]:
    names = ("backup", "restore-drill")
    return [Verdict(_endpoint(name, settings, host), finding.state, finding.detail, None) for name in names]


def _endpoint(name: str, settings: Backups, host: str) -> Endpoint:
    """What a row needs to say of it; nobody connects to it."""
    return Endpoint(
        name=name, service="backup", host=host, url=settings.repository, method="TCP", path="", status=0, timeout=0,
        needs=(), address="", port=0, tls=False,
    )  # fmt: skip
