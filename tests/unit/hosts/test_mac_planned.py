"""What a Mac of the plan is to be."""

from __future__ import annotations

from typing import Any

import pytest

from hosts.directory import Directory
from hosts.mac.account import Account
from hosts.mac.firewall import Firewall
from hosts.mac.planned import planned_mac
from hosts.mac.postgres import PostgresDatabase
from hosts.mac.spec import MacSpec
from hosts.mac.steps import mac_role
from hosts.package import Package
from planning.build import build
from planning.firewall import Rule
from planning.passwords import password_names
from planning.plan import Plan
from settings.load import load

SSH = {"user": "admin", "identity_file": "key", "known_hosts_file": "known_hosts"}
MAC = {"kind": "mac", "cpus": 8, "memory_gb": 64, "disk_gb": 500, "publish_address": "0.0.0.0", "ssh": SSH}


def plan_of(services: dict[str, Any], **host: Any) -> Plan:
    hosts = {"storage": {**MAC, "address": "10.0.0.13", **host}, "brain": {**MAC, "address": "10.0.0.11"}}
    return build(load("test", {"hosts": hosts, "services": services}, "Pulumi.test.yaml"), {"mlflow": "mlflow:1"})


def storage(services: dict[str, Any], **host: Any) -> MacSpec:
    return planned_mac(plan_of(services, **host), "storage")


def test_a_version_of_the_settings_holds_for_what_a_service_needs() -> None:
    packages = [{"name": "postgresql@16", "version": "16.9"}, {"name": "macmon", "tap": "vladkens/tap"}]
    spec = storage({"postgres": {"kind": "postgres-native", "host": "storage"}}, packages=packages)
    assert spec.packages == (
        Package(name="postgresql@16", version="16.9"),
        Package(name="macmon", tap="vladkens/tap"),
    )


def test_directories_and_people_of_the_settings_are_on_the_host() -> None:
    spec = storage(
        {},
        directories=[{"path": "/srv/it", "mode": "0750"}],
        users={"ada": {"authorized_keys": ["ssh-ed25519 AAAA"], "admin": True}},
    )
    assert spec.directories == (Directory(path="/srv/it", mode=0o750),)
    assert spec.accounts == (Account(name="ada", authorized_keys=("ssh-ed25519 AAAA",), admin=True),)


def test_every_service_has_its_rule_whether_native_or_in_a_container() -> None:
    services = {
        "postgres": {"kind": "postgres-native", "host": "storage", "allow_from": ["10.1.0.0/16"]},
        "redis": {"host": "storage"},
    }
    firewall = storage(services).firewall
    assert firewall
    assert {(rule.service, rule.port) for rule in firewall.ports} == {("postgres", 5432), ("redis", 6379)}
    assert "pass in quick proto tcp from 10.1.0.0/16 to any port 5432\n" in firewall.rules()


def test_a_firewall_rule_never_names_the_port_of_sshd() -> None:
    with pytest.raises(ValueError, match="redis listens on port 22"):
        Firewall(ports=(Rule(service="redis", port=22, sources=()),))


def test_a_native_server_has_the_databases_of_all_who_need_it_and_their_passwords() -> None:
    services = {
        "postgres": {"kind": "postgres-native", "host": "storage", "memory_mb": 8192},
        "s3": {"host": "storage"},
        "mlflow": {"host": "brain"},
    }
    plan = plan_of(services)
    spec = planned_mac(plan, "storage")
    (server,) = spec.postgres
    assert (server.listen, server.memory_mb) == ("*", 8192)
    assert "10.0.0.0/8" in server.sources
    assert (
        PostgresDatabase(name="platform", role="platform", secret="password.platform-database", extensions=("vector",))
        in server.databases
    )
    assert {database.role for database in server.databases} == {"platform", "mlflow"}
    passwords = {secret.partition(".")[2] for secret in mac_role(spec).secrets if secret.startswith("password.")}
    assert passwords <= set(password_names(plan))
    assert {"certificate.postgres.certificate", "certificate.postgres.key"} <= set(mac_role(spec).secrets)
    assert planned_mac(plan, "brain").postgres == ()


def test_a_native_redis_listens_where_its_host_publishes() -> None:
    plan = plan_of({"cache": {"kind": "redis-native", "host": "storage"}}, publish_address="10.0.0.13")
    (server,) = planned_mac(plan, "storage").redis
    assert (server.listen, server.data) == ("10.0.0.13", "/opt/ai-platform/data/cache")
    assert password_names(plan) == ["redis"]
