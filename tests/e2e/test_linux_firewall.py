"""Who reaches a container's published port: told by connections from machines of the same network."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from hosts.report import Exit
from tests.e2e.linux_host import GATEWAY, LinuxMachine, new_host, open_to
from tests.e2e.linux_machine import BOOT

NEIGHBOURS = "172.17.0.0/16"


@pytest.fixture(scope="module")
def host() -> Iterator[LinuxMachine]:
    for made in new_host("e2e-guarded", 2532):
        code, report = made.run()
        assert code == Exit.OK, report
        made.serve()
        yield made


@pytest.fixture(scope="module")
def neighbour() -> Iterator[LinuxMachine]:
    """Another machine in the network of the host."""
    yield from new_host("e2e-neighbour", 2542)


def address(host: LinuxMachine) -> str:
    form = ["docker", "inspect", "-f", "{{.NetworkSettings.IPAddress}}", host.machine.specification.container]
    return subprocess.run(form, capture_output=True, text=True, check=True, timeout=30).stdout.strip()


def reaches(machine: LinuxMachine, target: str, port: int) -> bool:
    return machine.machine.tried(f"timeout 2 bash -c '</dev/tcp/{target}/{port}'").returncode == 0


def test_a_published_port_is_open_to_its_networks_only(host: LinuxMachine, neighbour: LinuxMachine) -> None:
    assert host.run(spec=open_to(GATEWAY))[0] == Exit.OK
    assert host.machine.answers(8081)
    assert not reaches(neighbour, address(host), 8081)
    assert host.run(spec=open_to(NEIGHBOURS))[1].with_status("changed") == ["firewall"]
    assert reaches(neighbour, address(host), 8081)
    assert host.run(spec=open_to())[1].with_status("changed") == ["firewall"]
    assert not host.machine.answers(8081)
    assert not reaches(neighbour, address(host), 8081)
    assert reaches(neighbour, address(host), 22)


def test_the_host_and_its_containers_reach_the_port_whatever_is_allowed(host: LinuxMachine) -> None:
    assert host.run(spec=open_to())[0] == Exit.OK
    for target in ("127.0.0.1", address(host)):
        assert reaches(host, target, 8081)
    fetch = f"/bin/busybox nc -w 3 {address(host)} 8081"
    for network in ("bridge", "e2e-other"):
        host.machine.shell(f"sudo docker network create {network} 2>/dev/null || true")
        assert host.machine.tried(f"sudo docker run --rm --network {network} tiny {fetch}").returncode == 0, network


def test_nobody_gets_round_it_by_the_address_of_the_container(host: LinuxMachine, neighbour: LinuxMachine) -> None:
    assert host.run(spec=open_to(NEIGHBOURS))[0] == Exit.OK
    container = host.machine.shell("sudo docker inspect -f '{{.NetworkSettings.IPAddress}}' web")
    neighbour.machine.shell(f"sudo ip route replace {container}/32 via {address(host)}")
    assert not reaches(neighbour, container, 80)
    host.machine.shell("sudo nft delete table inet ai_platform")
    assert reaches(neighbour, container, 80)
    assert host.run(spec=open_to(NEIGHBOURS))[1].with_status("changed") == ["firewall"]
    assert not reaches(neighbour, container, 80)


def test_a_connection_from_a_network_that_may_no_longer_come_in_ends(
    host: LinuxMachine, neighbour: LinuxMachine
) -> None:
    assert host.run(spec=open_to(NEIGHBOURS))[0] == Exit.OK
    ask = "printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3 && timeout 3 cat <&3 | grep -q HTTP"
    talk = f"exec 3<>/dev/tcp/{address(host)}/8081; echo connected; read go; {ask}"
    with subprocess.Popen([*neighbour.login, f"bash -c {talk!r}"], stdin=-1, stdout=-1, text=True) as talking:
        assert talking.stdin and talking.stdout
        assert talking.stdout.readline() == "connected\n"
        assert host.run(spec=open_to(GATEWAY))[0] == Exit.OK
        talking.stdin.write("go\n")
        talking.stdin.close()
        assert talking.wait(timeout=30) != 0


def test_it_stands_before_docker_after_a_restart(host: LinuxMachine, neighbour: LinuxMachine) -> None:
    assert host.run(spec=open_to(GATEWAY))[0] == Exit.OK
    before = host.machine.shell(BOOT)
    host.machine.tried("sudo reboot")
    host.machine.wait_for_boot(before)
    assert host.run("check", spec=open_to(GATEWAY))[0] == Exit.OK
    assert host.machine.answers(8081)
    assert not reaches(neighbour, address(host), 8081)
    times = host.machine.shell(
        "systemctl show -p ActiveEnterTimestampMonotonic --value ai-platform-firewall docker | grep ."
    )
    firewall, docker = (int(time) for time in times.split())
    assert firewall < docker


def test_a_restart_of_the_systems_own_firewall_leaves_it(host: LinuxMachine) -> None:
    host.machine.shell("sudo systemctl enable --now nftables")
    assert host.run(spec=open_to(GATEWAY))[0] == Exit.OK
    host.machine.shell("sudo systemctl reload nftables")
    code, report = host.run("check", spec=open_to(GATEWAY))
    host.machine.shell("sudo systemctl disable nftables")
    assert code == Exit.OK, report
