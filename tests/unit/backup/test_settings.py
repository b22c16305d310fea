"""What `backups` takes, and what a plan makes of it."""

from __future__ import annotations

from typing import Any

import pytest

from hosts.planned import role_of
from operations.backup.places import redis_server
from operations.backup.sources_of import keeps_queues
from planning.build import build
from planning.databases import databases_of
from planning.plan import Plan
from settings.load import load
from settings.problem import SettingsError

SSH = {"user": "ops", "identity_file": "key", "known_hosts_file": "known_hosts"}
HOST = {"cpus": 8, "memory_gb": 64, "disk_gb": 500}
HOSTS = {
    "gate": {**HOST, "kind": "linux", "address": "10.0.0.1", "ssh": SSH},
    "storage": {**HOST, "kind": "mac", "address": "10.0.0.2", "ssh": SSH, "publish_address": "0.0.0.0"},
    "here": {**HOST, "kind": "local", "address": "127.0.0.1"},
}
SERVICES = {"postgres": {"host": "here"}, "s3": {"host": "here"}, "mlflow": {"host": "here"}}


def plan(**backups: Any) -> Plan:
    raw = {"hosts": HOSTS, "services": SERVICES, "backups": {"repository": "/backups", **backups}}
    return build(load("test", raw, "Pulumi.test.yaml"), {"mlflow": "mlflow:1"})


@pytest.mark.parametrize(
    ("backups", "said"),
    [
        ({"repository": "s3:https://key:secret@store/bucket"}, "backups.repository"),
        ({"repository": "rest:http://store/"}, "backups.repository"),
        ({"repository": "s3:https://store/bucket"}, "an S3 repository asks for a key"),
        ({"leave_out": ["postgras"]}, "did you mean `postgres`"),
        ({"timer": {"host": "stor", "folder": "/it"}}, "did you mean `storage`"),
        ({"timer": {"host": "here", "folder": "/it"}}, "gets no timer"),
        ({"keep": {"days": 0}}, "keep.days"),
        ({"drill_days": 0}, "drill_days"),
        ({"kep": {}}, "did you mean `keep`"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_with_its_name(backups: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        plan(**backups)


@pytest.mark.parametrize("repository", ["/backups", "~/backups", ".state/b", "sftp:ops@far.example:/srv/b"])
def test_folders_and_ssh_targets_are_repositories(repository: str) -> None:
    assert plan(repository=repository).environment.backups


def test_only_what_a_redis_keeps_for_good_is_saved() -> None:
    uses: dict[str, Any] = {"plain": None, "queue": {"use": "queue"}, "cache": {"use": "cache"}}
    services = {
        name: {"kind": "redis", "host": "here", "port": 6400 + number, **({"redis": use} if use else {})}
        for number, (name, use) in enumerate(uses.items())
    }
    ssh = {"user": "admin", "identity_file": "key", "known_hosts_file": "known"}
    mac = {"kind": "mac", "address": "10.0.0.12", "cpus": 8, "memory_gb": 64, "disk_gb": 500, "ssh": ssh}
    services["native"] = {"kind": "redis-native", "host": "mini"}
    raw = {"hosts": {**HOSTS, "mini": mac}, "services": services, "backups": {"repository": "/backups"}}
    made = build(load("test", raw, "Pulumi.test.yaml"), {})
    assert {one.name for one in made.services if keeps_queues(made, one)} == {"plain", "queue", "native"}


def test_a_redis_of_a_mac_is_read_with_the_password_of_its_own_file() -> None:
    ssh = {"user": "admin", "identity_file": "key", "known_hosts_file": "known"}
    mac = {"kind": "mac", "address": "10.0.0.12", "cpus": 8, "memory_gb": 64, "disk_gb": 500, "ssh": ssh}
    raw = {"hosts": {"mini": mac}, "services": {"jobs": {"kind": "redis-native", "host": "mini", "port": 6390}}}
    made = build(load("test", raw, "Pulumi.test.yaml"), {})
    with redis_server(made, made.service("jobs")) as server:
        assert (server.password_file, server.port) == ("/opt/ai-platform/etc/jobs/redis.conf", 6390)
        assert (server.path, server.volume) == ("/opt/ai-platform/data/jobs", "")


def test_each_database_is_listed_once_with_its_server() -> None:
    found = [(one.service, one.name) for one in databases_of(plan())]
    assert found == [("postgres", "platform"), ("postgres", "mlflow")]


@pytest.mark.parametrize(("host", "kind"), [("gate", "linux"), ("storage", "mac")])
def test_the_timer_host_makes_backups_and_drills_and_has_restic(host: str, kind: str) -> None:
    made = plan(timer={"host": host, "folder": "/home/ops/ai platform"}, every_hours=12, drill_days=4)
    role, others = role_of(made, host), [role_of(made, name) for name in HOSTS if name != host]
    assert role
    text = "\n".join(step.text for step in role.steps)
    assert "restic" in text
    assert "'/home/ops/ai platform/scripts/backup' run -s test" in text
    assert "'/home/ops/ai platform/scripts/restore' drill -s test" in text
    assert ("OnUnitActiveSec=12h" in text) == (kind == "linux")
    assert ("OnUnitActiveSec=48h" in text) == (kind == "linux")
    assert ("<integer>43200</integer>" in text) == (kind == "mac")
    assert all("scripts/backup" not in step.text for other in others if other for step in other.steps)
