"""The policy judges what a change brings, and never what it cannot see."""

from __future__ import annotations

from typing import Any

from review.finding import Level
from review.policed import policy_findings
from review.preview import Preview, read_preview
from tests.unit.review.steps import CONTAINER, RECORD, document, step

LOGIN = "cloudflare:index/zeroTrustAccessApplication:ZeroTrustAccessApplication"
IMAGE = "docker:index/remoteImage:RemoteImage"
NAME = {"name": "a.example.com", "type": "CNAME", "proxied": True}
COVER = {"domain": "a.example.com", "policies": [{"id": "x"}]}


def levels(preview: Preview) -> list[tuple[Level, str]]:
    return [(one.level, one.why.partition(":")[0]) for one in policy_findings(preview)]


def seen(*steps: dict[str, Any], same: int) -> Preview:
    return read_preview(document(*steps).replace('"same": 7', f'"same": {same}'))


def test_what_a_change_breaks_is_a_danger_and_what_was_broken_is_for_a_look() -> None:
    broken = step("update", IMAGE, "old", {"name": "redis:latest"}, {"name": "redis:latest", "x": 1})
    breaks = step("update", IMAGE, "new", {"name": f"redis@sha256:{'a' * 64}"}, {"name": "redis:latest"})
    found = seen(broken, breaks, same=0)
    assert sorted(levels(found)) == [(Level.NOTICE, "image-by-digest"), (Level.DANGER, "image-by-digest")]


def test_a_login_that_goes_breaks_the_rule_for_the_record_that_stays() -> None:
    kept = step("same", RECORD, "record", NAME, NAME)
    gone = step("delete", LOGIN, "login", COVER)
    assert levels(seen(kept, gone, same=1)) == [(Level.DANGER, "name-behind-login")]


def test_a_record_is_not_judged_where_its_login_may_be_among_what_is_not_shown() -> None:
    changed = step("update", RECORD, "record", NAME, {**NAME, "comment": "x"})
    assert levels(seen(changed, same=5)) == []
    login = step("same", LOGIN, "login", COVER, COVER)
    assert levels(seen(changed, login, same=1)) == []
    assert levels(seen(changed, same=0)) == [(Level.NOTICE, "name-behind-login")]


def test_nothing_is_said_where_nothing_changes() -> None:
    assert levels(seen(step("same", CONTAINER, "a", {"privileged": True}, {"privileged": True}), same=1)) == []


def test_the_steps_of_a_replacement_are_judged_once() -> None:
    bad = {"privileged": True}
    steps = [step("create-replacement", CONTAINER, "a", {}, bad), step("replace", CONTAINER, "a", {}, bad)]
    assert levels(seen(*steps, same=0)) == [(Level.DANGER, "no-way-to-the-host")]


def test_a_name_for_anybody_needs_a_limit_in_place_of_a_login() -> None:
    record = step("create", RECORD, "record", None, NAME)
    rules = {"phase": "http_ratelimit", "rules": [{"ref": "a.example.com", "expression": 'host eq "a.example.com"'}]}
    limit = step("create", "cloudflare:index/ruleset:Ruleset", "rate", None, rules)
    both, alone = seen(record, limit, same=0), seen(record, same=0)
    assert list(policy_findings(both, ["a.example.com"])) == []
    assert [one.level for one in policy_findings(both)] == [Level.DANGER]
    assert [one.level for one in policy_findings(alone, ["a.example.com"])] == [Level.DANGER]
