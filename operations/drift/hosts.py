"""Differences of hosts: their script in check mode, all at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from hosts.report import StepResult
from operations.drift.finding import Drift, Finding, Untold
from operations.failure import Failure
from operations.hosts.job import Job, role_job
from operations.hosts.many import run_all
from operations.hosts.outcome import Code, Outcome
from operations.hosts.target import Target


def host_drift(
    targets: Sequence[Target], end: Callable[[Outcome], None] = lambda _: None
) -> tuple[Drift, Mapping[str, Outcome]]:
    """What differs on the hosts, and how each check has ended, by the name of the host."""
    jobs, untold = _jobs(targets)
    outcomes = {outcome.host: outcome for outcome in run_all(jobs, end=end)}
    roles = {target.name: target for target in targets}
    drift = Drift(
        findings=tuple(
            _finding(roles[host], step)
            for host, outcome in outcomes.items()
            for step in outcome.with_status("would-change")
        ),
        untold=(
            *untold,
            *(_untold(outcome) for outcome in outcomes.values() if outcome.code not in (Code.OK, Code.DIFFERS)),
        ),
    )
    return drift, outcomes


def _jobs(targets: Sequence[Target]) -> tuple[list[Job], list[Untold]]:
    """A check of each host, but for those whose secrets are not known here."""
    jobs, untold = [], []
    for target in targets:
        try:
            jobs.append(role_job(target, "check"))
        except Failure as failure:
            untold.append(Untold(where=target.name, cause=str(failure)))
    return jobs, untold


def _finding(target: Target, step: StepResult) -> Finding:
    wanted = {one.name: one.text for one in target.role.steps}
    lines = wanted.get(step.step, "").splitlines() or [""]
    declared = lines[0] if len(lines) == 1 else f"{len(lines)} lines"
    return Finding(
        where=target.name,
        urn=target.role_urn,
        what=step.step,
        declared=declared if len(declared) <= 80 else f"{declared[:77]}...",
        found=step.detail or "differs",
        remedy=f"scripts/host apply {target.name} -s {target.login.stack}",
    )


def _untold(outcome: Outcome) -> Untold:
    faults = "; ".join(f"{step.step}: {step.detail}" for step in outcome.with_status("failed"))
    return Untold(where=outcome.host, cause=outcome.error or faults or f"its check ended with {int(outcome.code)}")
