"""What goes wrong on a Linux host is told in words that help, and the next run goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from hosts.linux.spec import LinuxSpec
from hosts.package import Package
from hosts.report import Exit
from simulators.hosts.switches import turn
from tests.e2e.linux_host import LinuxMachine, new_host

SMALL = LinuxSpec(user="admin", package_wait_seconds=3)


@pytest.fixture(scope="module")
def host() -> Iterator[LinuxMachine]:
    yield from new_host("e2e-trouble", 2572)


# What is switched on, where, the package that is asked for meanwhile, how the run ends, at which step, and its words.
TROUBLE = [
    ("sudo-password", "", "htop", Exit.PREFLIGHT, "preflight", "sudo without a password for admin"),
    ("apt-locked", "", "jq", Exit.FAILED, "packages", "another program has held the lock for 3 s"),
    ("disk-full", "/var/cache/apt/archives", "restic", Exit.FAILED, "packages", "the disk is full, free some of it"),
    ("disk-full", "/tmp", "zstd", Exit.PREFLIGHT, "preflight", "16 MB of free disk in /tmp"),
]


@pytest.mark.parametrize("case", TROUBLE, ids=lambda case: f"{case[0]} {case[1]}")
def test_trouble_is_told_and_the_next_run_goes_on(
    host: LinuxMachine, case: tuple[str, str, str, Exit, str, str]
) -> None:
    trouble, value, package, code, step, said = case
    wanted = replace(SMALL, packages=(Package(name=package),))
    turn(host.machine.specification.name, trouble, on=True, value=value)
    found, report = host.run(spec=wanted)
    turn(host.machine.specification.name, trouble, on=False, value=value)
    assert (found, report.steps[0].step) == (code, step), report
    assert said in report.steps[0].detail
    assert host.run(spec=wanted)[0] == Exit.OK


def test_an_apt_that_is_busy_for_a_moment_is_waited_for(host: LinuxMachine) -> None:
    hold = "import fcntl,time; f=open('/var/lib/dpkg/lock-frontend','w'); fcntl.lockf(f,2); time.sleep(4)"
    host.machine.shell(f'sudo systemd-run -q python3 -c "{hold}"; sleep 0.5')
    wanted = replace(SMALL, package_wait_seconds=60, packages=(Package(name="nginx-light"),))
    code, report = host.run(spec=wanted)
    assert (code, report.with_status("changed")) == (Exit.OK, ["packages"]), report


def test_a_half_installed_package_is_finished(host: LinuxMachine) -> None:
    assert host.run(spec=SMALL)[0] == Exit.OK
    host.machine.shell("cd /tmp && apt-get -qq download greeter && sudo dpkg --unpack greeter_*.deb")
    code, report = host.run("check", spec=SMALL)
    assert (code, report.steps[0].detail) == (Exit.DIFFERS, "half installed: greeter")
    assert host.run(spec=SMALL)[1].with_status("changed") == ["packages"]
    assert host.machine.shell("greeter") == "greeter 1.1-1"


@pytest.mark.parametrize(
    ("name", "version", "said"),
    [
        ("greeter", "9", "apt has greeter 1.1-1, greeter 1.0-1"),
        ("no-such-thing", "", "add the repository that has it, or mend its name in the settings"),
    ],
)
def test_a_package_that_apt_does_not_have_is_named(host: LinuxMachine, name: str, version: str, said: str) -> None:
    wanted = replace(SMALL, packages=(Package(name=name, version=version),))
    code, report = host.run(spec=wanted)
    assert code == Exit.FAILED
    assert name in report.steps[0].detail and said in report.steps[0].detail


def test_a_bridge_with_a_name_of_dockers_and_a_card_in_it_is_refused(host: LinuxMachine) -> None:
    assert host.run(spec=SMALL)[0] == Exit.OK
    host.machine.shell("sudo ip link add br-lan type bridge; sudo ip link add card type veth peer name far")
    host.machine.shell("sudo ip link set card master br-lan; sudo rm /etc/ai-platform/firewall.nft")
    code, report = host.run(spec=SMALL)
    host.machine.shell("sudo ip link del br-lan; sudo ip link del card")
    assert (code, report.steps[8].step) == (Exit.FAILED, "firewall")
    assert "card is in a bridge with a name like Docker's" in report.steps[8].detail
    assert host.run(spec=SMALL)[0] == Exit.OK


def test_ubuntu_is_as_good_as_debian(host: LinuxMachine) -> None:
    turn(host.machine.specification.name, "ubuntu", on=True)
    code, _ = host.run(spec=SMALL)
    turn(host.machine.specification.name, "ubuntu", on=False)
    assert code == Exit.OK
