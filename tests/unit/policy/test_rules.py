"""Every rule: what passes, what breaks it, a missing or unknown property, several resources at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from catalogue.definition import LIVE_LABEL
from policy.names import POLICY
from policy.resource import Resource, resource_of
from policy.rules import RULES, violations
from policy.violation import Allowed

CONTAINER = "docker:index/container:Container"
IMAGE = "docker:index/remoteImage:RemoteImage"
VOLUME = "docker:index/volume:Volume"
RECORD = "cloudflare:index/dnsRecord:DnsRecord"
LOGIN = "cloudflare:index/zeroTrustAccessApplication:ZeroTrustAccessApplication"
RULESET = "cloudflare:index/ruleset:Ruleset"
INSTANCE = "tensordock:index:Instance"
MAC = "ai-platform:index:MacMini"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
DIGEST = "sha256:" + "a" * 64
MARKED = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "plaintext": '"hunter2"'}
NAME: Mapping[str, Any] = {"name": "a.example.com", "type": "CNAME", "proxied": True, "content": UNKNOWN}


def resource(type_: str, properties: Mapping[str, Any], name: str = "one", **more: Any) -> Resource:
    return Resource(type=type_, name=name, properties=properties, urn=f"urn:{name}", **more)


def container(**properties: Any) -> Resource:
    return resource(CONTAINER, properties, provider="urn:pulumi:s::p::pulumi:providers:docker::docker-brain::id")


def port(ip: Any, external: Any = 6379) -> Resource:
    return container(ports=[{"internal": 6379, "external": external, "ip": ip}])


def login(domain: str, policies: Any = ({"id": UNKNOWN},)) -> Resource:
    return resource(LOGIN, {"domain": domain, "policies": list(policies)}, "login")


def firewall(text: str) -> Resource:
    return resource(MAC, {"steps": {"firewall": text, "power": "6379"}}, "brain")


PASSES: dict[str, list[list[Resource]]] = {
    "no-open-port": [
        [port("127.0.0.1")],
        [port("10.0.0.11")],
        [port("::1")],
        [port(UNKNOWN)],
        [container()],
        [container(ports=UNKNOWN)],
        [port("0.0.0.0"), firewall("block port 6379")],
        [port("0.0.0.0", 443)],
    ],
    "name-behind-login": [
        [resource(RECORD, NAME), login("a.example.com")],
        [resource(RECORD, NAME), login("*.example.com")],
        [resource(RECORD, {**NAME, "name": "a.office.local", "proxied": False})],
        [resource(RECORD, {**NAME, "content": "10.0.0.1", "type": "A", "proxied": False})],
        [resource(RECORD, {**NAME, "type": "TXT", "proxied": False})],
        [resource(RECORD, {**NAME, "name": UNKNOWN})],
        [resource(POLICY, {"decision": "deny", "includes": [{"everyone": {}}]})],
        [resource(POLICY, {"decision": "allow", "includes": [{"email": {}}]})],
        [resource(POLICY, {"decision": UNKNOWN, "includes": UNKNOWN})],
        [
            resource(RECORD, {**NAME, "name": "open.example.com"}),
            resource(RULESET, {"phase": "http_ratelimit", "rules": [{"expression": 'host eq "open.example.com"'}]}),
        ],
    ],
    "data-volume-protected": [
        [resource(VOLUME, {"labels": [{"label": LIVE_LABEL, "value": "yes"}]}, protected=False, retained=False)],
        [resource(VOLUME, {}, protected=False, retained=True)],
        [resource(VOLUME, {}, protected=True, retained=False)],
        [resource(VOLUME, {}, protected=False, retained=None)],
    ],
    "image-by-digest": [
        [resource(IMAGE, {"name": f"docker.io/library/redis:8@{DIGEST}"})],
        [resource(IMAGE, {"name": "ai-platform/mlflow:0123456789abcdef"})],
        [container(image=DIGEST)],
        [container(image=UNKNOWN)],
        [container()],
    ],
    "machine-accounted-for": [
        [resource(INSTANCE, {"owner": "anna", "maxHourlyPrice": 0.5, "idleMinutes": 30})],
        [resource(INSTANCE, {"owner": UNKNOWN, "maxHourlyPrice": UNKNOWN, "idleMinutes": UNKNOWN})],
        [
            resource(INSTANCE, {"maxHourlyPrice": 0.5}, parent="urn:component"),
            resource("ai-platform:index:GpuVm", {"owner": "anna", "idle_minutes": 30}, "component"),
        ],
    ],
    "no-plain-secret": [
        [container(envs=["A=b", "X_TOKEN_FILE=/run/secrets/x", "API_KEY=unused"])],
        [resource("x:y:Z", {"password": "[secret]"})],
        [resource("x:y:Z", {"password": MARKED})],
        [resource("x:y:Z", {"token": UNKNOWN, "password": ""})],
        [resource("x:y:Z", {"password": "seen by the engine"}, secrets_shown=True)],
        [resource("x:y:Z", {})],
    ],
    "no-way-to-the-host": [
        [container(mounts=[{"type": "volume", "source": "data", "target": "/var/run"}])],
        [container(privileged=UNKNOWN, mounts=UNKNOWN, networkMode=UNKNOWN, capabilities=UNKNOWN)],
        [container(capabilities={"adds": ["NET_BIND_SERVICE"], "drops": ["ALL"]})],
        [container(volumes=[{"hostPath": "/srv/models", "containerPath": "/models"}])],
        [container()],
    ],
}
FAILS: dict[str, list[list[Resource]]] = {
    "no-open-port": [
        [port("0.0.0.0")],
        [port("::")],
        [port("")],
        [port("93.184.216.34")],
        [port("host.example.com")],
        [port("0.0.0.0"), firewall("block port 16379")],
        [port("0.0.0.0"), resource(MAC, {"steps": {"firewall": "6379"}}, "another")],
        [container(ports=[{"internal": 6379}])],
    ],
    "name-behind-login": [
        [resource(RECORD, NAME)],
        [resource(RECORD, NAME), login("a.example.com", [])],
        [resource(RECORD, NAME), login("b.example.com")],
        [resource(RECORD, NAME), login("a.example.com/admin")],
        [resource(RECORD, {**NAME, "name": "x.y.example.com"}), login("*.example.com")],
        [resource(RECORD, {**NAME, "proxied": False}), login("a.example.com")],
        [resource(RECORD, {key: value for key, value in NAME.items() if key != "proxied"}), login("a.example.com")],
        [resource(RECORD, {**NAME, "name": "open.example.com"})],
        [
            resource(RECORD, {**NAME, "name": "open.example.com"}),
            resource(RULESET, {"phase": "http_ratelimit", "rules": [{"expression": 'host eq "re-open.example.com"'}]}),
        ],
        [
            resource(RECORD, {**NAME, "name": "open.example.com"}),
            resource(
                RULESET,
                {"phase": "http_ratelimit", "rules": [{"expression": '"open.example.com"', "enabled": False}]},
            ),
        ],
        [resource(POLICY, {"decision": "bypass", "includes": [{"everyone": {}}]})],
        [resource(POLICY, {"decision": "allow", "includes": [{"email": {}}, {"everyone": {}}]})],
    ],
    "data-volume-protected": [[resource(VOLUME, {"name": "data"}, protected=False, retained=False)]],
    "image-by-digest": [
        [resource(IMAGE, {"name": "redis:latest"})],
        [resource(IMAGE, {"name": "ai-platform/mlflow:latest"})],
        [container(image="redis")],
    ],
    "machine-accounted-for": [
        [resource(INSTANCE, {"owner": "anna", "maxHourlyPrice": 0.5})],
        [resource(INSTANCE, {"owner": "anna", "idleMinutes": 30, "maxHourlyPrice": 0})],
        [resource(INSTANCE, {"owner": "", "idleMinutes": 30, "maxHourlyPrice": 1})],
    ],
    "no-plain-secret": [
        [container(envs=["DB_PASSWORD=hunter2"])],
        [resource("x:y:Z", {"password": "hunter2"})],
        [resource("x:y:Z", {"nested": [{"api_key": "hunter2"}]})],
        [resource("x:y:Z", {"text": "-----BEGIN OPENSSH PRIVATE KEY-----\nabc"})],
        [resource(CONTAINER, {"envs": ["DB_PASSWORD=hunter2"]}, secrets_shown=True)],
    ],
    "no-way-to-the-host": [
        [container(privileged=True)],
        [container(mounts=[{"type": "bind", "source": "/var/run/docker.sock", "target": "/x"}])],
        [container(privileged="true")],
        [container(mounts=[{"type": "bind", "source": "/", "target": "/x"}])],
        [container(mounts=[{"type": "bind", "source": "/srv/../etc/", "target": "/x"}])],
        [container(volumes=[{"hostPath": "//proc"}])],
        [container(volumes=[{"hostPath": "/run/../var/run/docker.sock/"}])],
        [container(volumes=[{"hostPath": "/var/run/docker.sock"}])],
        [container(networkMode="host")],
        [container(pidMode="host")],
        [container(capabilities={"adds": ["CAP_SYS_ADMIN"]})],
    ],
}
ALLOWED = Allowed(ports=frozenset({443}), names=frozenset({"open.example.com"}))


def broken(resources: list[Resource], rule: str) -> list[str]:
    return [one.resource for one in violations(resources, ALLOWED) if one.rule == rule]


def cases(table: dict[str, list[list[Resource]]]) -> list[Any]:
    return [pytest.param(rule, one, id=f"{rule}-{number}") for rule in table for number, one in enumerate(table[rule])]


@pytest.mark.parametrize(("rule", "resources"), cases(PASSES))
def test_what_is_right_passes(rule: str, resources: list[Resource]) -> None:
    assert broken(resources, rule) == []


@pytest.mark.parametrize(("rule", "resources"), cases(FAILS))
def test_what_is_wrong_is_found_once(rule: str, resources: list[Resource]) -> None:
    assert broken(resources, rule) == [resources[0].name]


@pytest.mark.parametrize("rule", [rule.name for rule in RULES])
def test_each_of_several_resources_is_judged_by_itself(rule: str) -> None:
    wrong = FAILS[rule][0][0]
    others = [Resource(**{**vars(wrong), "name": f"other-{number}", "urn": f"urn:{number}"}) for number in range(2)]
    right = Resource(**{**vars(wrong), "name": "fine", "properties": {}, "protected": True})
    expected = [wrong.name, *(one.name for one in others)]
    # A machine of which nothing is said is no better than one of which half is said.
    expected += ["fine"] * 3 if rule == "machine-accounted-for" else []
    assert broken([wrong, *others, right], rule) == expected


def test_a_message_holds_no_value_of_a_secret() -> None:
    found = violations([one for resources in FAILS["no-plain-secret"] for one in resources])
    assert found and not any("hunter2" in one.message for one in found)


def test_what_the_engine_tells_of_a_resource_is_kept() -> None:
    state = {"urn": "urn:pulumi:s::p::A$x:y:Z::name", "type": "x:y:Z", "custom": True, "retainOnDelete": True}
    found = resource_of(state)
    assert (found.name, found.retained, found.protected) == ("name", True, False)
