from hypothesis import given
from hypothesis import strategies as st

from operations.probing.endpoint import Endpoint, parse_endpoint
from operations.probing.verdict import Finding, State, blame, exit_code, judge

NAMES = [f"s{number}" for number in range(8)]
SEEN = st.sampled_from([State.HEALTHY, State.UNHEALTHY, State.UNKNOWN])


def endpoint(name: str, needs: list[str]) -> Endpoint:
    probe = {"method": "TCP", "path": "", "status": 0, "timeout": 1}
    return parse_endpoint(
        {"name": name, "service": name, "host": "local", "url": "tcp://127.0.0.1:1", "probe": probe, "needs": needs}
    )


@st.composite
def systems(draw: st.DrawFn) -> tuple[list[Endpoint], dict[str, Finding]]:
    """Any graph of needs: cycles, loops to oneself, needs that nobody offers, endpoints that nobody probed."""
    needs = draw(st.dictionaries(st.sampled_from(NAMES[:6]), st.lists(st.sampled_from(NAMES), unique=True), min_size=1))
    findings = draw(st.dictionaries(st.sampled_from(NAMES), SEEN))
    return [endpoint(*entry) for entry in needs.items()], {name: Finding(seen, "") for name, seen in findings.items()}


def reachable(start: str, needs: dict[str, tuple[str, ...]]) -> set[str]:
    found = {start}
    while grown := {need for name in found for need in needs.get(name, ())} - found:
        found |= grown
    return found


@given(systems())
def test_healthy_means_that_everything_needed_is_listed_and_answered(
    system: tuple[list[Endpoint], dict[str, Finding]],
) -> None:
    endpoints, findings = system
    needs = {one.name: one.needs for one in endpoints}
    for verdict in judge(endpoints, findings):
        sound = all(
            name in needs and name in findings and findings[name].state is State.HEALTHY
            for name in reachable(verdict.endpoint.name, needs)
        )
        assert (verdict.state is State.HEALTHY) == sound


@given(systems())
def test_a_need_never_hides_what_the_probe_itself_saw(system: tuple[list[Endpoint], dict[str, Finding]]) -> None:
    endpoints, findings = system
    for verdict in judge(endpoints, findings):
        seen = findings[verdict.endpoint.name].state if verdict.endpoint.name in findings else State.UNKNOWN
        assert verdict.state is seen or (seen is State.HEALTHY and verdict.state is State.DEGRADED)


@given(systems())
def test_green_exit_only_when_every_verdict_is_healthy(system: tuple[list[Endpoint], dict[str, Finding]]) -> None:
    verdicts = judge(*system)
    assert (exit_code(verdicts) == 0) == all(verdict.state is State.HEALTHY for verdict in verdicts)


def test_a_seen_fault_outranks_what_could_not_be_told() -> None:
    endpoints = [endpoint("a", []), endpoint("b", [])]
    findings = {"a": Finding(State.UNHEALTHY, ""), "b": Finding(State.UNKNOWN, "")}
    assert exit_code(judge(endpoints, findings)) == 1
    assert exit_code(judge(endpoints[1:], findings)) == 2


def test_a_missing_need_alone_is_a_fault() -> None:
    verdicts = judge([endpoint("a", ["gone"])], {"a": Finding(State.HEALTHY, "")})
    assert (verdicts[0].state, exit_code(verdicts)) == (State.DEGRADED, 1)
    assert verdicts[0].detail == "needs gone, which is not in the list"


def test_an_empty_list_tells_nothing() -> None:
    assert exit_code([]) == 2


def test_the_named_cause_is_the_nearest_one() -> None:
    endpoints = [endpoint("web", ["api"]), endpoint("api", ["database"]), endpoint("database", [])]
    findings = {"web": Finding(State.HEALTHY, ""), "api": Finding(State.HEALTHY, "")}
    findings["database"] = Finding(State.UNHEALTHY, "")
    assert blame(endpoints, findings)["web"] == "database, which is unhealthy"


def test_a_chain_of_ten_thousand_needs_is_judged_at_once() -> None:
    endpoints = [endpoint(f"c{number}", [f"c{number + 1}"]) for number in range(10_000)]
    findings = {one.name: Finding(State.HEALTHY, "") for one in endpoints}
    assert {verdict.state for verdict in judge(endpoints, findings)} == {State.DEGRADED}
