"""`scripts/host` and `scripts/drift` on a simulated Mac: what was changed by hand is named, and only that is mended."""

from __future__ import annotations

import copy
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from simulators.hosts.identity import Identity
from simulators.hosts.ledger import read_ledger
from simulators.hosts.login import ssh_options
from tests.e2e.simulated_host import simulated_host
from tests.engine.checkout import Checkout, docker, free_port
from tests.engine.drift_repair import repair

ADDRESS = "127.0.0.11"
NAME = "e2e-verbs"
PLIST = "/Library/LaunchDaemons/ai-platform.ollama.plist"
ROLE = "urn:pulumi:{stack}::ai-platform::ai-platform:index:MacMini$command:remote:Command::mini-role"
BY_HAND = {
    "package redis": "rm -rf /opt/homebrew/Cellar/redis /opt/homebrew/opt/redis",
    "service ollama": f"sudo sh -c 'sed s/30m/31m/ {PLIST} >{PLIST}.new && cat {PLIST}.new >{PLIST}; rm {PLIST}.new'",
    "directory /Users/admin/data": "chmod 0700 /Users/admin/data",
}


@dataclass(frozen=True)
class Mac:
    """A Mac in an environment of its own, which nobody has brought up."""

    checkout: Checkout
    keys: Identity
    port: int

    def verb(self, verb: str, *more: str, code: int) -> str:
        return self.checkout.run("host", verb, "mini", "-s", self.checkout.stack, *more, code=code)

    def steps(self, verb: str, status: str, code: int) -> list[str]:
        """Names of the steps that ended so."""
        document = json.loads(self.verb(verb, "--json", code=code))
        return [step["step"] for step in document["hosts"][0]["steps"] if step["status"] == status]

    def drift(self, code: int) -> dict[str, Any]:
        said = self.checkout.run("drift", "-s", self.checkout.stack, "--hosts-only", "--json", code=code)
        found: dict[str, Any] = json.loads(said)
        return found

    def shell(self, command: str) -> str:
        login = ["ssh", *ssh_options(self.keys), "-p", str(self.port), f"admin@{ADDRESS}"]
        return subprocess.run([*login, command], capture_output=True, text=True, timeout=60, check=True).stdout

    def logins(self) -> int:
        return sum(entry["kind"] == "login" for entry in read_ledger(NAME))


@pytest.fixture(scope="module")
def mac(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mac]:
    """A Mac that has its role."""
    port, ollama = free_port(), free_port()
    with simulated_host(NAME, ADDRESS, ((port, 22), (ollama, ollama))) as (_, keys):
        made = Mac(_checkout(tmp_path_factory.mktemp("verbs") / "checkout", keys, port, ollama), keys, port)
        made.verb("apply", code=0)
        yield made
        made.checkout.destroy()


def _checkout(folder: Path, keys: Identity, port: int, ollama: int) -> Checkout:
    checkout = Checkout(folder)
    checkout.sections["hosts"]["mini"] = {
        "kind": "mac", "address": ADDRESS, "cpus": 8, "memory_gb": 32, "disk_gb": 250,
        "packages": [{"name": "redis"}], "directories": [{"path": "/Users/admin/data"}],
        "ssh": {
            "user": "admin", "port": port, "identity_file": str(keys.client_key),
            "known_hosts_file": str(keys.known_hosts),
        },
    }  # fmt: skip
    checkout.sections["services"]["ollama"] = {"kind": "ollama-native", "host": "mini", "port": ollama, "models": []}
    checkout.serve("redis")
    return checkout


def test_a_host_with_its_role_differs_in_nothing_and_is_asked_over_one_login(mac: Mac) -> None:
    before = mac.logins()
    said = mac.verb("check", code=0)
    assert mac.logins() == before + 1
    assert "would change" not in said
    assert mac.drift(code=0)["drift"] == []


def test_what_was_changed_by_hand_is_named_and_exactly_that_is_put_right(mac: Mac) -> None:
    for command in BY_HAND.values():
        mac.shell(command)
    assert set(mac.steps("check", "would-change", code=2)) == set(BY_HAND)
    found = mac.drift(code=2)
    role = ROLE.format(stack=mac.checkout.stack)
    assert {one["address"] for one in found["drift"]} == {f"{role}#{step}" for step in BY_HAND}
    assert {one["remedy"] for one in found["drift"]} == {f"scripts/host apply mini -s {mac.checkout.stack}"}
    assert set(mac.steps("check", "would-change", code=2)) == set(BY_HAND)
    assert set(mac.steps("apply", "changed", code=0)) == set(BY_HAND)
    assert mac.drift(code=0)["drift"] == []


def test_what_the_settings_ignore_is_counted_and_no_drift(mac: Mac) -> None:
    mac.shell("chmod 0700 /Users/admin/data")
    mac.checkout.sections["drift"] = {"ignore": ["*::mini-role#directory /Users/*"]}
    mac.checkout.write()
    try:
        found = mac.drift(code=0)
        assert (found["drift"], found["ignored"]) == ([], 1)
    finally:
        del mac.checkout.sections["drift"]
        mac.checkout.write()
        assert mac.steps("apply", "changed", code=0) == ["directory /Users/admin/data"]


def test_another_operators_lock_is_shown_with_its_owner_and_time(mac: Mac) -> None:
    role = mac.checkout.root / "hosts" / "role.py"
    whole = role.read_text()
    role.write_text(whole.replace("lock_wait_seconds: int = 30", "lock_wait_seconds: int = 1"))
    mac.shell("sudo mkdir /var/run/ai-platform.lock; echo '1 is the process of eva since noon' | "
              "sudo tee /var/run/ai-platform.lock/holder")  # fmt: skip
    try:
        assert "1 is the process of eva since noon" in mac.verb("apply", code=4)
    finally:
        role.write_text(whole)
        mac.shell("sudo rm -rf /var/run/ai-platform.lock")


def test_another_key_is_refused_with_both_fingerprints_and_a_lost_host_does_not_stop_the_others(
    mac: Mac, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", other], check=True)
    known_hosts = tmp_path / "known_hosts"
    known_hosts.write_text(f"[{ADDRESS}]:{mac.port} {other.with_suffix('.pub').read_text()}")
    hosts = mac.checkout.sections["hosts"]
    hosts["twin"] = copy.deepcopy(hosts["mini"])
    hosts["twin"]["ssh"]["known_hosts_file"] = str(known_hosts)
    mac.checkout.write()
    try:
        said = mac.checkout.run("host", "check", "--all", "-s", mac.checkout.stack, code=5)
        assert said.count("SHA256:") == 2
        found = mac.checkout.run("drift", "-s", mac.checkout.stack, "--hosts-only", code=1)
        assert "could not be told: twin" in found
    finally:
        del hosts["twin"]
        mac.checkout.write()
    assert "mini" in said.rpartition("RESULT")[2]


def test_an_update_puts_right_what_drift_names_on_hosts_and_among_containers(mac: Mac) -> None:
    stack = mac.checkout.stack
    mac.checkout.up()
    containers = mac.checkout.containers()
    for command in BY_HAND.values():
        mac.shell(command)
    docker("stop", "-t", "1", f"ai-platform-{stack}-redis")
    found = json.loads(mac.checkout.run("drift", "-s", stack, "--json", code=2))
    assert {one["what"] for one in found["drift"]} == {*BY_HAND, "state"}
    said = repair(mac.checkout)
    assert set(re.findall(r"^mini: changed +([^:\n]+)", said, re.MULTILINE)) == set(BY_HAND)
    assert f"local: started ai-platform-{stack}-redis" in said
    assert mac.checkout.containers() == containers
    assert json.loads(mac.checkout.run("drift", "-s", stack, "--json"))["drift"] == []


def test_facts_tell_what_the_machine_is(mac: Mac) -> None:
    said = mac.verb("facts", code=0)
    for fact in (
        "macOS",
        "GB free",
        "sudo without a password",
        "this machine",
        "in /opt/homebrew of admin",
        "FileVault",
    ):
        assert fact in said
