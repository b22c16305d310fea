"""Every danger of a preview is found, told once, and ordinary changes are not called dangers."""

from __future__ import annotations

from typing import Any

import pytest

from catalogue.definition import LIVE_LABEL
from policy.names import LOGIN, POLICY, RULESET
from review.dangers import AUTHORITY, DATABASES, INSTANCE, SERVICE_TOKEN, step_findings
from review.finding import Level
from tests.unit.review.steps import CONTAINER, RECORD, VOLUME, preview, step

MAIL = {"email": {"email": "a@example.com"}}
PASSWORD = "random:index/randomPassword:RandomPassword"
PROVIDER = "pulumi:providers:cloudflare"
MAC = "ai-platform:index:MacMini"
COMMAND = "command:local:Command"


def found(*steps: dict[str, Any]) -> list[tuple[Level, str]]:
    return [(one.level, one.what) for one in step_findings(preview(*steps).changes)]


DANGERS = {
    "data volume replaced": step("replace", VOLUME, "data", {"name": "a"}, {"name": "b"}),
    "data volume deleted": step("delete", VOLUME, "data", {"name": "a"}),
    "data volume let go of": step("delete", VOLUME, "data", {"name": "a"}, retainOnDelete=True),
    "database deleted": step("delete", "ai-platform:index:Database", "db", {}),
    "machine replaced": step("replace", INSTANCE, "gpu", {"image": "a"}, {"image": "b"}),
    "machine deleted": step("delete", INSTANCE, "gpu", {}),
    "authority replaced": step("replace", AUTHORITY, "authority", {}, {}),
    "authority deleted": step("delete", AUTHORITY, "authority", {}),
    "host let go of": step("delete", MAC, "brain", {}),
    "public name added": step("create", RECORD, "r", None, {"name": "a.example.com", "proxied": True}),
    "record no longer proxied": step("update", RECORD, "r", {"proxied": True}, {"proxied": False}),
    "public name leads elsewhere": step("update", RECORD, "r", {"content": "x"}, {"content": "y"}),
    "access loosened": step("delete", LOGIN, "login", {"domain": "a.example.com"}),
    "secret changed": step("replace", PASSWORD, "redis", {"length": 16}, {"length": 20}),
}  # fmt: skip


@pytest.mark.parametrize("what", DANGERS)
def test_a_danger_is_told_once(what: str) -> None:
    assert found(DANGERS[what]) == [(Level.DANGER, what)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"decision": "allow"}, {"decision": "bypass"}),
        ({"includes": [MAIL]}, {"includes": [MAIL, {"everyone": {}}]}),
        ({"includes": [MAIL]}, {"includes": [{"emailDomain": {"domain": "example.com"}}]}),
        ({"includes": [MAIL], "requires": [{"geo": {}}]}, {"includes": [MAIL], "requires": []}),
        ({"includes": [MAIL], "requires": [{"geo": {}}]}, {"includes": [MAIL], "requires": [MAIL]}),
        ({"includes": [MAIL], "excludes": [MAIL]}, {"includes": [MAIL]}),
        ({"decision": "deny", "includes": [MAIL]}, {"decision": "deny", "includes": []}),
    ],
    ids=[
        "bypass",
        "everyone",
        "a whole domain",
        "a requirement less",
        "another requirement",
        "an exception less",
        "one who is no longer kept out",
    ],
)
def test_a_policy_that_admits_more_is_a_danger(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert (Level.DANGER, "access loosened") in found(step("update", POLICY, "people", old, new))


LIMITED = {"phase": "http_ratelimit", "rules": [{"ref": "a.example.com", "ratelimit": {"requestsPerPeriod": 10}}]}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (step("update", RULESET, "rate", LIMITED, {**LIMITED, "rules": []}), (Level.DANGER, "limit lifted")),
        (step("delete", RULESET, "rate", LIMITED), (Level.DANGER, "limit lifted")),
        (
            step("update", RULESET, "rate", LIMITED, {**LIMITED, "rules": [{"ref": "a.example.com"}]}),
            (Level.NOTICE, "limit changes"),
        ),
        (step("create", POLICY, "all", None, {"decision": "bypass"}), (Level.DANGER, "access loosened")),
    ],
    ids=["rule gone", "ruleset gone", "another limit", "bypass"],
)
def test_names_for_anybody_keep_their_limits(changed: dict[str, Any], expected: tuple[Level, str]) -> None:
    assert found(changed) == [expected]


def test_one_more_person_is_for_a_look() -> None:
    other = {"email": {"email": "b@example.com"}}
    changed = step("update", POLICY, "people", {"includes": [MAIL]}, {"includes": [MAIL, other]})
    assert found(changed) == [(Level.NOTICE, "somebody else is admitted")]


def test_a_login_that_goes_with_its_name_loosens_nothing() -> None:
    gone = [
        step("delete", LOGIN, "login", {"domain": "a.example.com"}),
        step("delete", RECORD, "record", {"name": "a.example.com"}),
    ]
    assert found(*gone) == [(Level.NOTICE, "public name removed")]


@pytest.mark.parametrize(
    "changed",
    [
        step("update", PROVIDER, "cf", {"apiToken": "[secret]"}, {"apiToken": "[secret]"}, diffReasons=["apiToken"]),
        step("replace", SERVICE_TOKEN, "robot", {"name": "a"}, {"name": "b"}),
        step("update", PASSWORD, "redis", {"keepers": {}}, {"keepers": {"a": "1"}}),
        step("update", SERVICE_TOKEN, "robot", {"clientSecretVersion": 1}, {"clientSecretVersion": 2}),
    ],
    ids=["token of a provider", "service token", "password", "rotated key"],
)
def test_changed_secrets_are_dangers(changed: dict[str, Any]) -> None:
    assert found(changed) == [(Level.DANGER, "secret changed")]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (step("replace", CONTAINER, "web", {"image": "a"}, {"image": "b"}), "service interrupted"),
        (step("delete", CONTAINER, "web", {}), "service removed"),
        (step("update", MAC, "brain", {"steps": {"power": "1"}}, {"steps": {"power": "2"}}), "host changes its role"),
        (step("create", INSTANCE, "gpu", None, {}), "machine rented"),
    ],
    ids=["container replaced", "container removed", "role", "rented"],
)
def test_what_interrupts_or_costs_is_for_a_look(changed: dict[str, Any], expected: str) -> None:
    assert found(changed) == [(Level.NOTICE, expected)]


@pytest.mark.parametrize(
    "changed",
    [
        step("create", VOLUME, "data", None, {"name": "a"}),
        step("create", CONTAINER, "web", None, {"image": "a"}),
        step("create", PASSWORD, "redis", None, {"length": 16}),
        step("update", COMMAND, "apply", {"stdin": "[secret]"}, {"stdin": "[secret]"}, diffReasons=["stdin"]),
        step("update", VOLUME, "data", {"name": "a"}, {"name": "a"}),
        step("delete", VOLUME, "proxy-live", {"name": "a", "labels": [{"label": LIVE_LABEL, "value": "yes"}]}),
    ],
    ids=["volume", "container", "password", "command", "volume updated", "volume without data"],
)
def test_ordinary_changes_are_no_findings(changed: dict[str, Any]) -> None:
    assert found(changed) == []


def test_a_replacement_names_what_forces_it() -> None:
    changed = step("replace", VOLUME, "data", {"driver": "a"}, {"driver": "b"}, replaceReasons=["driver"])
    assert "driver changed" in next(iter(step_findings(preview(changed).changes))).why


@pytest.mark.parametrize("operation", ["delete", "replace"])
@pytest.mark.parametrize("type_", DATABASES)
def test_every_kind_of_database_that_goes_is_a_danger(type_: str, operation: str) -> None:
    assert found(step(operation, type_, "kb", {"logins": []}, None)) == [(Level.DANGER, "database deleted")]


def test_a_record_that_is_renamed_where_it_stands_adds_a_public_name() -> None:
    renamed = step("update", RECORD, "r", {"name": "a.example.com"}, {"name": "b.example.com"})
    assert found(renamed) == [(Level.DANGER, "public name added")]


def test_a_login_that_moves_leaves_its_name_open() -> None:
    moved = step("update", LOGIN, "login", {"domain": "a.example.com"}, {"domain": "b.example.com"})
    assert found(moved) == [(Level.DANGER, "access loosened")]
    gone = step("delete", RECORD, "r", {"name": "a.example.com"})
    assert found(moved, gone) == [(Level.NOTICE, "public name removed")]


def test_a_new_policy_that_admits_everyone_and_a_denial_that_goes_are_dangers() -> None:
    everyone = step("create", POLICY, "p", None, {"decision": "allow", "includes": [{"everyone": {}}]})
    assert found(everyone) == [(Level.DANGER, "access loosened")]
    assert found(step("create", POLICY, "p", None, {"decision": "deny", "includes": [{"everyone": {}}]})) == []
    denial = step("delete", POLICY, "p", {"decision": "deny", "includes": [MAIL]})
    assert found(denial) == [(Level.DANGER, "access loosened")]
    assert found(step("delete", POLICY, "p", {"decision": "allow", "includes": [MAIL]})) == []
