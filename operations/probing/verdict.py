"""From what the probes found to what may be claimed: pure, no clock and no network."""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from operations.probing.endpoint import Endpoint


class State(StrEnum):
    """HEALTHY answered as expected; UNHEALTHY refused or answered wrongly; UNKNOWN could not be told;

    DEGRADED answered as expected, but something that it needs, directly or not, is not healthy or not in the list; or
    it works today, and will not for long.
    """

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    UNHEALTHY = "unhealthy"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one probe saw by itself; DEGRADED of certificates only. `seconds` is the time to the answer, or None."""

    state: State
    detail: str
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is claimed of one endpoint once its needs are taken into account."""

    endpoint: Endpoint
    state: State
    detail: str
    seconds: float | None


NOT_PROBED = Finding(State.UNKNOWN, "was not probed")


def blame(endpoints: Iterable[Endpoint], findings: Mapping[str, Finding]) -> dict[str, str]:
    """For every name that is not healthy by itself or through a need: the nearest cause, as a phrase.

    Walks from the faults towards those that need them, each name once, so cycles end and 1000 endpoints cost nothing.
    """
    needed_by: defaultdict[str, list[str]] = defaultdict(list)
    names = set()
    for endpoint in endpoints:
        names.add(endpoint.name)
        for need in endpoint.needs:
            needed_by[need].append(endpoint.name)
    causes = {name: f"{name}, which is {findings.get(name, NOT_PROBED).state}" for name in sorted(names)
              if findings.get(name, NOT_PROBED).state is not State.HEALTHY}  # fmt: skip
    causes |= {name: f"{name}, which is not in the list" for name in sorted(needed_by.keys() - names)}
    queue = deque(causes)
    while queue:
        fault = queue.popleft()
        for name in needed_by[fault]:
            if name not in causes:
                causes[name] = causes[fault]
                queue.append(name)
    return causes


def judge(endpoints: Sequence[Endpoint], findings: Mapping[str, Finding]) -> list[Verdict]:
    """One verdict for each endpoint, in order; never HEALTHY while anything that it needs is not."""
    causes = blame(endpoints, findings)
    verdicts = []
    for endpoint in endpoints:
        finding = findings.get(endpoint.name, NOT_PROBED)
        state, detail = finding.state, finding.detail
        if state is State.HEALTHY and endpoint.name in causes:
            state, detail = State.DEGRADED, f"needs {causes[endpoint.name]}"
        verdicts.append(Verdict(endpoint, state, detail, finding.seconds))
    return verdicts


def exit_code(verdicts: Iterable[Verdict]) -> int:
    """0 all healthy; 1 anything unhealthy; else 2 anything unknown; else 1 (degraded).

    A fault that was seen outranks what could not be told. An empty list tells nothing: 2.
    """
    states = {verdict.state for verdict in verdicts}
    if State.UNHEALTHY in states:
        return 1
    if State.UNKNOWN in states or not states:
        return 2
    return int(State.DEGRADED in states)
