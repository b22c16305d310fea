"""Every fault of a configuration is reported at once, with its place, value, cause and remedy."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settings.load import load
from settings.parsed import Parsed
from settings.problem import SettingsError

LOCAL = {"kind": "local", "address": "127.0.0.1", "cpus": 2, "memory_gb": 16, "disk_gb": 60}


def parse(**raw: Any) -> Parsed:
    return load("test", raw, "Pulumi.test.yaml")


def causes(parsed: Parsed) -> dict[str, str]:
    return {problem.path: problem.cause for problem in parsed.problems}


def test_faults_of_different_kinds_are_reported_together() -> None:
    parsed = parse(
        hosts={"local": LOCAL, "broken": {"kind": "toaster"}},
        services={"postgres": {"host": "locall"}, "embed": {"host": "local", "prt": 1}, "redis": {"host": "broken"}},
        routs=[],
    )
    assert {"routs", "hosts.broken.kind", "services.postgres.host", "services.embed.prt"} <= set(causes(parsed))


def test_a_reference_to_a_faulty_entry_is_not_reported_a_second_time() -> None:
    parsed = parse(hosts={"broken": {"kind": "toaster"}}, services={"redis": {"host": "broken"}})
    assert "services.redis.host" not in causes(parsed)


def test_an_unknown_key_names_the_nearest_known_one() -> None:
    parsed = parse(hosts={"local": LOCAL}, services={"embed": {"host": "local", "prot": 5555}})
    assert [problem.remedy for problem in parsed.problems] == ["did you mean `port`?"]


@pytest.mark.parametrize("port", ["5432", 0, 65536, -1, 1.5, True, None, [5432]])
def test_a_port_of_the_wrong_type_or_range_is_refused(port: Any) -> None:
    parsed = parse(hosts={"local": LOCAL}, services={"redis": {"host": "local", "port": port}})
    assert ("services.redis.port" in causes(parsed)) == (port is not None)


@pytest.mark.parametrize("name", ["a b", "$(reboot)", "a;b", "../x", "A", "a.b", ".", "", "x" * 41, "a\nb", "'"])
def test_names_that_a_shell_would_read_are_refused(name: str) -> None:
    assert parse(hosts={name: LOCAL}).problems


def test_a_secret_value_never_stands_in_a_message() -> None:
    parsed = parse(secrets={"cloudflare-api-token": ["canary-1"], "UPPER": "canary-2"})
    with pytest.raises(SettingsError) as raised:
        parsed.valid()
    assert "canary" not in str(raised.value)


def test_a_host_over_ssh_needs_its_login() -> None:
    assert "hosts.mini.ssh" in causes(parse(hosts={"mini": {**LOCAL, "kind": "mac"}}))


def test_a_public_name_needs_account_connector_and_someone_to_admit() -> None:
    route = {"hostname": "chat.example.com", "service": "redis", "access": "private"}
    edge = {"account_id": "0" * 32, "zone_id": "1" * 32}
    parsed = parse(hosts={"local": LOCAL}, services={"redis": {"host": "local"}}, routes=[route], edge=edge)
    assert {"secrets.cloudflare-api-token", "edge.emails", "services.tunnel"} <= set(causes(parsed))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["hosts", "services", "models", "routes", "edge", "budget"]), json_values))
def test_no_configuration_makes_loading_crash(raw: dict[str, Any]) -> None:
    try:
        load("test", raw, "Pulumi.test.yaml").valid()
    except SettingsError as error:
        assert error.problems


@pytest.mark.parametrize(("kind", "refused"), [("local", True), ("mac", False), ("linux", False)])
def test_only_machines_that_are_reached_over_ssh_can_be_simulated(kind: str, refused: bool) -> None:
    parsed = parse(hosts={"box": {**LOCAL, "kind": kind, "simulated": True}})
    assert ("hosts.box.simulated" in causes(parsed)) == refused


@pytest.mark.parametrize(
    ("kind", "more", "path"),
    [
        ("linux", {"users": {"admin": {"authorized_keys": []}}}, "hosts.box.users.admin"),
        ("mac", {"sysctl": {"vm.swappiness": "1"}}, "hosts.box.sysctl"),
        ("linux", {"packages": [{"name": "macmon", "tap": "vladkens/tap"}]}, "hosts.box.packages.0.tap"),
    ],
)
def test_what_a_host_of_this_kind_cannot_have_is_refused(kind: str, more: dict[str, Any], path: str) -> None:
    ssh = {"user": "admin", "identity_file": "key", "known_hosts_file": "known_hosts"}
    assert path in causes(parse(hosts={"box": {**LOCAL, "kind": kind, "ssh": ssh, **more}}))
    other = {"linux": "mac", "mac": "linux"}[kind]
    fits = path not in causes(parse(hosts={"box": {**LOCAL, "kind": other, "ssh": ssh, **more}}))
    assert fits == ("users" not in more)


RENTED = {
    "kind": "gpu_vm", "cpus": 4, "memory_gb": 16, "disk_gb": 100, "ssh": {"identity_file": "key"},
    "gpu": {"model": "x", "vram_gb": 24, "hourly_usd": 0.35, "hours_per_month": 60},
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"cpus": 5}, "cpus"),
        ({"cpus": 4.5}, "cpus"),
        ({"memory_gb": 20}, "memory_gb"),
        ({"disk_gb": 100.5}, "disk_gb"),
        ({"address": "10.0.0.9"}, "address"),
        ({"ssh": None}, "ssh"),
        ({"ssh": {"identity_file": "key", "port": 2222}}, "ssh"),
        ({"ssh": {"identity_file": "key", "known_hosts_file": "known"}}, "ssh"),
        ({"gpu": None}, "gpu"),
        ({"gpu": {**RENTED["gpu"], "max_hourly_usd": 0.2}}, "gpu.max_hourly_usd"),  # type: ignore[dict-item]
    ],
)
def test_a_rented_machine_that_cannot_be_had_is_refused(changed: dict[str, Any], path: str) -> None:
    assert causes(parse(hosts={"gpu": RENTED})) == {}
    assert set(causes(parse(hosts={"gpu": {**RENTED, **changed}}))) == {f"hosts.gpu.{path}"}


def test_a_machine_that_is_not_rented_says_who_logs_in_and_which_key_it_has() -> None:
    mac = {"kind": "mac", "address": "10.0.0.1", "cpus": 8, "memory_gb": 16, "disk_gb": 100}
    found = causes(parse(hosts={"mac": {**mac, "ssh": {"identity_file": "key"}}}))
    assert set(found) == {"hosts.mac.ssh.user", "hosts.mac.ssh.known_hosts_file"}
