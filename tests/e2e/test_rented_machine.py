"""A simulated rented machine is a real one: ordered, logged in to, stopped, started, and nothing of it is left."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulators.daemon import BUSY
from simulators.tensordock import process
from simulators.tensordock.parts import part_name
from simulators.tensordock.remote import Remote
from tests.e2e.rented_machine import Renter, disks_of, left_of, until
from toolchain.image_references import recorded_references
from toolchain.places import ROOT

BOOT = "cat /proc/sys/kernel/random/boot_id"


@pytest.fixture(scope="module")
def renter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Renter]:
    if "gpu-vm" not in recorded_references():
        pytest.skip("the image of simulated GPU machines is not built: python -m toolchain.images gpu-vm")
    made = Renter(tmp_path_factory.mktemp("renter"))
    made.begin()
    yield made
    process.remove(made.account)


@pytest.fixture(scope="module")
def machine(renter: Renter) -> str:
    identifier = renter.order()
    renter.booted(identifier)
    return identifier


def test_the_first_boot_did_once_what_the_order_says(renter: Renter, machine: str) -> None:
    assert renter.shell(machine, "sudo cat /root/order; sudo stat -c %a /etc/ssh/ai-platform_host_ed25519_key") == (
        "second\n600"
    )
    assert renter.tried(machine, "true").stderr == ""


def test_a_container_gets_the_card_and_not_without_a_driver(renter: Renter, machine: str) -> None:
    renter.shell(machine, "sudo apt-get -qq update && sudo apt-get -qq install busybox-static")
    renter.shell(machine, "tar -C / -c bin/busybox | docker import - card:1")
    run = "docker run --rm --gpus all card:1 /bin/busybox echo it runs"
    assert renter.shell(machine, run) == "it runs"
    renter.control(f"vms/{machine}/gpu", {"utilization.gpu": "97 %", "temperature.gpu": "88"})
    query = "nvidia-smi --query-gpu=name,utilization.gpu,temperature.gpu --format=csv,noheader"
    assert renter.shell(machine, query) == "NVIDIA GeForce RTX 4090, 97 %, 88"
    renter.control(f"vms/{machine}/switch", {"switch": "gpu-absent", "state": "on"})
    assert "driver not loaded" in renter.tried(machine, run).stderr
    renter.control(f"vms/{machine}/switch", {"switch": "gpu-absent", "state": "off"})


def test_a_machine_outlives_the_process_of_its_account(renter: Renter, machine: str) -> None:
    before, reached = renter.shell(machine, BOOT), renter.address(machine)
    remote = Remote(renter.account.resolve())
    url, bill, first = remote.url, remote.get("ledger"), remote.get("state")["pid"]
    os.kill(first, signal.SIGKILL)
    assert process.start(renter.account).url == url
    assert remote.get("state")["pid"] != first
    assert remote.get("ledger")[: len(bill)] == bill
    assert (renter.shell(machine, BOOT), renter.address(machine)) == (before, reached)


def test_a_machine_comes_back_where_it_was_after_the_power_went(renter: Renter, machine: str) -> None:
    before, reached = renter.shell(machine, BOOT), renter.address(machine)
    os.kill(Remote(renter.account).get("state")["pid"], signal.SIGKILL)
    name = part_name(machine)
    subprocess.run(["docker", "kill", name, f"{name}-address"], capture_output=True, timeout=60, check=True)
    process.start(renter.account)
    until(lambda: renter.tried(machine, BOOT).stdout.strip() not in ("", before), "the machine does not come back")
    assert renter.address(machine) == reached


def test_connections_to_a_machine_that_is_cut_off_hang(renter: Renter, machine: str) -> None:
    renter.control(f"vms/{machine}/network", {"cut": True})
    assert "timed out" in renter.tried(machine, "true").stderr
    renter.control(f"vms/{machine}/network", {"cut": False})
    assert renter.shell(machine, "echo back") == "back"


def test_a_second_process_leaves_the_account_to_the_first(renter: Renter) -> None:
    command = ["scripts/run", "simulators.tensordock.daemon", str(renter.account)]
    second = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)
    assert (second.returncode, "another process serves this account" in second.stderr) == (BUSY, True)


def test_a_start_gives_another_address_and_keeps_the_disk(renter: Renter, machine: str) -> None:
    before, disks = renter.address(machine), disks_of(machine)
    assert len(disks) == 1, "an address has no disk, which nobody would remove"
    renter.call("POST", f"/instances/{machine}/stop", {})
    renter.becomes(machine, "stopped")
    renter.call("POST", f"/instances/{machine}/start", {})
    renter.booted(machine)
    assert (renter.address(machine) != before, disks_of(machine)) == (True, disks)
    assert renter.shell(machine, "sudo cat /root/order; docker images -q card:1 | wc -l") == "second\n1"


def test_a_reboot_from_inside_ends_in_the_same_place(renter: Renter, machine: str) -> None:
    before, reached = renter.shell(machine, BOOT), renter.address(machine)
    renter.tried(machine, "sudo systemctl reboot")
    until(lambda: renter.tried(machine, BOOT).stdout.strip() not in ("", before), "the machine does not come back")
    assert (renter.address(machine), renter.told(machine)["status"]) == (reached, "running")


def test_a_machine_that_powers_itself_off_shows_as_stopped_and_starts_again(renter: Renter, machine: str) -> None:
    renter.tried(machine, "sudo systemctl poweroff")
    renter.becomes(machine, "stopped")
    assert "ipAddress" not in renter.told(machine)
    renter.call("POST", f"/instances/{machine}/start", {})
    renter.booted(machine)


def test_nothing_is_left_of_a_deleted_machine(renter: Renter, machine: str) -> None:
    volumes = disks_of(machine)
    assert len(left_of(machine)) == 3 and volumes
    renter.call("DELETE", f"/instances/{machine}")
    until(lambda: not left_of(machine), "parts of the machine are left")
    listed = subprocess.run(["docker", "volume", "ls", "-q"], capture_output=True, text=True, timeout=30, check=True)
    assert not set(volumes) & set(listed.stdout.split())


def test_an_account_that_is_removed_takes_its_machines_with_it(renter: Renter, tmp_path: Path) -> None:
    other = Renter(tmp_path / "other")
    other.begin()
    identifier = other.order()
    other.address(identifier)
    assert left_of(identifier)
    process.remove(other.account)
    assert (left_of(identifier), other.account.exists(), process.running(renter.account) is not None) == (
        [],
        False,
        True,
    )
