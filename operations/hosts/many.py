"""Runs scripts on several hosts at once. A host that fails or hangs takes nothing from the others."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from hosts.login_command import login_command, standard_input
from hosts.report import StepResult
from operations.failure import Failure
from operations.hosts.job import Job
from operations.hosts.outcome import Code, Outcome
from operations.hosts.reading import Reading
from operations.ssh import Command, run
from operations.ssh_refusal import SshFailure

AT_ONCE = 16
"""Logins at a time; each is one `ssh` process here."""

HearStep = Callable[[str, StepResult], None]
HearEnd = Callable[[Outcome], None]


def run_all(jobs: Sequence[Job], hear: HearStep = lambda _, __: None, end: HearEnd = lambda _: None) -> list[Outcome]:
    """Outcomes in the order of the jobs; what goes wrong on a host is in its outcome.

    `hear` gets the name of a host and each step of it as it ends, `end` each outcome as it is known.
    """

    async def everything() -> list[Outcome]:
        free = asyncio.Semaphore(AT_ONCE)

        async def one(job: Job) -> Outcome:
            async with free:
                outcome = await _run(job, hear)
            end(outcome)
            return outcome

        return await asyncio.gather(*map(one, jobs))

    return asyncio.run(everything())


async def _run(job: Job, hear: HearStep) -> Outcome:
    started = time.monotonic()
    reading = Reading(lambda step: hear(job.host, step))
    command = Command(
        text=login_command(job.mode),
        stdin=standard_input(job.script, job.secrets),
        seconds=job.seconds,
        patience=job.patience,
    )
    try:
        ended = await run(job.login, command, reading.hear)
    except Failure as failure:
        code = Code.UNREACHABLE if isinstance(failure, SshFailure) else Code.FAILED
        seconds = time.monotonic() - started
        return Outcome(host=job.host, code=code, steps=reading.steps, error=str(failure), seconds=seconds)
    return reading.outcome(job.host, ended, time.monotonic() - started)
