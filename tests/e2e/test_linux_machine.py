"""The simulated Linux machine is what a script that sets up servers meets: systemd, sshd, apt, Docker, a firewall."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulators.hosts import lifecycle
from simulators.hosts.ledger import read_ledger
from simulators.hosts.switches import turn
from tests.e2e.linux_machine import ADDRESS, BOOT, INSTALL, Machine, new_machine


@pytest.fixture(scope="module")
def bare() -> Iterator[Machine]:
    """A machine on which a test undoes what it does."""
    yield from new_machine("e2e-linux-bare", 2422)


@pytest.fixture(scope="module")
def served() -> Iterator[Machine]:
    """A machine with Docker, a service of systemd on port 8080 and a container on port 8081."""
    for made in new_machine("e2e-linux-served", 2432):
        # Only neighbours on its network can be reached from now on.
        made.shell("sudo ip route del default; sudo apt-get -q update")
        made.shell(f"{INSTALL} docker.io nftables busybox-static nvidia-utils nvidia-container-toolkit")
        unit = "[Service]\nExecStart=/bin/busybox httpd -f -p 8080 -h /srv\n[Install]\nWantedBy=multi-user.target\n"
        made.shell(f"printf '{unit}' | sudo tee /etc/systemd/system/web.service; sudo systemctl enable --now web")
        made.shell("tar -c -C / bin/busybox | sudo docker import - tiny")
        made.shell("sudo docker run -d --init -p 8081:80 --restart always tiny /bin/busybox httpd -f -p 80")
        made.wait_for_answer(8080)
        made.wait_for_answer(8081)
        yield made


def test_nobody_has_set_it_up(bare: Machine) -> None:
    assert bare.shell("ps -p 1 -o comm=; systemctl is-system-running --wait").split() == ["systemd", "running"]
    assert bare.shell("readlink /bin/sh; id -un; sudo -n id -un").split() == ["dash", "admin", "root"]
    absent = bare.tried("command -v docker dockerd containerd iptables nft chronyd nginx jq zstd")
    assert (absent.returncode != 0, absent.stdout) == (True, "")
    assert "Permission denied" in bare.tried("true", user="root").stderr
    assert "Unable to locate package docker.io" in bare.tried(f"{INSTALL} docker.io").stderr


def test_every_login_is_in_the_ledger(bare: Machine) -> None:
    logins = [entry for entry in read_ledger(bare.specification.name) if entry["kind"] == "login"]
    bare.shell("true")
    after = [entry for entry in read_ledger(bare.specification.name) if entry["kind"] == "login"]
    assert len(after) == len(logins) + 1
    assert after[-1]["user"] == "admin"


def test_a_package_is_pinned_and_then_upgraded(bare: Machine) -> None:
    bare.shell(f"sudo apt-get -q update && {INSTALL} greeter=1.0-1 unattended-upgrades")
    assert bare.shell("greeter") == "greeter 1.0-1"
    bare.shell("sudo apt-mark hold greeter && sudo unattended-upgrade")
    assert bare.shell("greeter") == "greeter 1.0-1"
    bare.shell("sudo apt-mark unhold greeter && sudo unattended-upgrade")
    assert bare.shell("greeter") == "greeter 1.1-1"


@pytest.mark.parametrize("package", ["chrony", "systemd-timesyncd"])
def test_a_time_service_runs_but_cannot_set_the_clock(bare: Machine, package: str) -> None:
    bare.shell(f"sudo apt-get -q update && {INSTALL} {package}")
    assert bare.shell(f"systemctl is-active {package}") == "active"
    assert "Operation not permitted" in bare.tried("sudo date -s @0").stderr


@pytest.mark.parametrize(
    ("switch", "value", "command", "said"),
    [
        ("sudo-password", "", "sudo -n true", "a password is required"),
        ("apt-locked", "", f"{INSTALL} htop", "Could not get lock /var/lib/dpkg/lock-frontend"),
        ("disk-full", "", f"{INSTALL} --reinstall htop", "enough free space in /var/cache/apt/archives"),
        ("disk-full", "/srv", "sudo cp /bin/bash /srv/", "No space left on device"),
        ("gpu-absent", "", f"{INSTALL} nvidia-utils && nvidia-smi", "couldn't communicate with the NVIDIA driver"),
        ("ubuntu", "", "! grep PRETTY_NAME /etc/os-release | grep Ubuntu", "Ubuntu 24.04"),
    ],
)
def test_trouble_can_be_turned_on_and_off(bare: Machine, switch: str, value: str, command: str, said: str) -> None:
    bare.shell("sudo apt-get -q update")
    for _ in range(2):
        turn(bare.specification.name, switch, on=True, value=value)
    with_trouble = bare.tried(command)
    for _ in range(2):
        turn(bare.specification.name, switch, on=False, value=value)
    assert with_trouble.returncode != 0
    assert said in with_trouble.stdout + with_trouble.stderr
    bare.shell(command)


def test_apt_can_be_slow(bare: Machine) -> None:
    turn(bare.specification.name, "apt-slow", on=True, value="2")
    started = time.monotonic()
    bare.shell("sudo apt-get -q update")
    turn(bare.specification.name, "apt-slow", on=False)
    assert time.monotonic() - started > 2


def greeted(machine: Machine) -> bool:
    """Whether sshd greets the second of two that have not logged in yet."""
    door = (ADDRESS, machine.specification.ssh_port)
    try:
        with socket.create_connection(door, timeout=5) as first, socket.create_connection(door, timeout=5) as second:
            return first.recv(4) == second.recv(4) == b"SSH-"
    except ConnectionError:
        return False


def test_sshd_honours_its_settings_after_a_reload(bare: Machine) -> None:
    assert greeted(bare)
    file = "/etc/ssh/sshd_config.d/10-limits.conf"
    for change, expected in ((f"echo MaxStartups 1 | sudo tee {file}", False), (f"sudo rm {file}", True)):
        bare.shell(f"{change}; sudo systemctl reload ssh")
        # sshd starts itself anew, and only then listens with the new settings.
        deadline = time.monotonic() + 10
        while (now := greeted(bare)) != expected and time.monotonic() < deadline:
            time.sleep(0.1)
        assert now == expected
        # Those who have gone without a login are still counted for a moment.
        while bare.tried("true").returncode != 0 and time.monotonic() < deadline:
            time.sleep(0.1)


def test_settings_of_the_kernel_are_its_own(bare: Machine) -> None:
    outside = Path("/proc/sys/vm/swappiness").read_text()
    other = str((int(outside) + 1) % 100)
    assert bare.shell(f"sudo sysctl -w vm.swappiness={other}; cat /proc/sys/vm/swappiness").split()[-1] == other
    assert Path("/proc/sys/vm/swappiness").read_text() == outside


def test_its_name_can_be_changed(bare: Machine) -> None:
    bare.shell("sudo hostnamectl set-hostname renamed && sudo sed -i 's/e2e-linux-bare/renamed/' /etc/hosts")
    assert bare.shell("hostname; sudo -n hostname").split() == ["renamed", "renamed"]
    before = bare.shell(BOOT)
    bare.tried("sudo reboot")
    bare.wait_for_boot(before)
    assert bare.shell("hostname; cat /etc/hostname").split() == ["renamed", "renamed"]


def test_services_and_containers_answer(served: Machine) -> None:
    assert served.answers(8080)
    assert served.answers(8081)
    assert served.shell("sudo docker run --rm tiny /bin/busybox echo hello") == "hello"


@pytest.mark.parametrize("hook", ["nft", "docker-user"])
def test_a_firewall_really_blocks(served: Machine, hook: str) -> None:
    add = {
        "nft": "printf 'table inet guard {\\nchain input { type filter hook input priority 0;"
        " tcp dport 8080 drop; }\\nchain forwarded { type filter hook forward priority -5;"
        ' iifname "eth0" tcp dport 80 drop; }\\n}\\n\' | sudo nft -f -',
        "docker-user": "sudo iptables -A INPUT -i eth0 -p tcp --dport 8080 -j DROP;"
        "sudo iptables -I DOCKER-USER -i eth0 -p tcp --dport 80 -j DROP",
    }
    remove = {
        "nft": "sudo nft delete table inet guard",
        "docker-user": "sudo iptables -F INPUT; sudo iptables -D DOCKER-USER 1",
    }
    served.shell(add[hook])
    blocked = not served.answers(8080), not served.answers(8081)
    served.shell(remove[hook])
    assert blocked == (True, True)
    served.wait_for_answer(8080)
    served.wait_for_answer(8081)


def test_docker_gives_a_container_the_card(served: Machine) -> None:
    served.shell("""printf '{"log-driver": "journald"}' | sudo tee /etc/docker/daemon.json""")
    served.shell("sudo nvidia-ctk runtime configure --runtime=docker && sudo systemctl restart docker")
    written = json.loads(served.shell("cat /etc/docker/daemon.json"))
    assert written == {
        "log-driver": "journald",
        "runtimes": {"nvidia": {"args": [], "path": "nvidia-container-runtime"}},
    }
    run = "sudo docker run --rm --gpus all tiny /bin/busybox echo card"
    assert served.shell(run) == "card"
    turn(served.specification.name, "gpu-absent", on=True)
    refused = served.tried(run)
    turn(served.specification.name, "gpu-absent", on=False)
    assert "driver not loaded" in refused.stderr


@pytest.mark.parametrize("end", ["reboot", "power cut"])
def test_a_boot_starts_what_is_enabled_and_forgets_what_was_in_memory(served: Machine, end: str) -> None:
    served.shell("sudo touch /tmp/gone /run/gone /srv/kept")
    before = served.shell(BOOT)
    if end == "reboot":
        served.tried("sudo reboot")
    else:
        subprocess.run(["docker", "kill", served.specification.container], check=True, timeout=60)
        lifecycle.start(served.specification)
    served.wait_for_boot(before)
    assert served.shell("ls /tmp/gone /run/gone /srv/kept 2>/dev/null || true") == "/srv/kept"
    assert served.shell("systemctl is-active docker web").split() == ["active", "active"]
    assert served.shell("sudo docker ps --format '{{.Image}}'") == "tiny"
    assert served.answers(8080)
    assert served.answers(8081)
