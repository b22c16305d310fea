"""The engine of a Linux host: its settings, which it shares with others, and its cards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from hosts.report import Exit
from tests.e2e.linux_host import SPEC, LinuxMachine, new_host
from tests.e2e.linux_machine import INSTALL


@pytest.fixture
def bare() -> Iterator[LinuxMachine]:
    """A machine as it is handed over."""
    yield from new_host("e2e-engine-bare", 2552)


@pytest.fixture(scope="module")
def ready() -> Iterator[LinuxMachine]:
    """A machine that has its role."""
    for made in new_host("e2e-engine-ready", 2562):
        code, report = made.run()
        assert code == Exit.OK, report
        yield made


def test_settings_of_docker_that_are_not_ours_stay(ready: LinuxMachine) -> None:
    file = "/etc/docker/daemon.json"
    add = "import json; f='{0}'; s=json.load(open(f)); s['mtu']=1400; s['live-restore']=False; json.dump(s,open(f,'w'))"
    ready.machine.shell(f'sudo python3 -c "{add.format(file)}"')
    code, repaired = ready.run()
    assert (code, repaired.with_status("changed")) == (Exit.OK, ["docker engine"])
    written = ready.machine.shell(f"cat {file}")
    assert '"mtu": 1400' in written and '"live-restore": true' in written


def test_a_container_lives_through_a_restart_of_the_engine(ready: LinuxMachine) -> None:
    ready.serve()
    started = "sudo docker inspect -f '{{.State.StartedAt}}' web"
    before = ready.machine.shell(started)
    ready.machine.shell("sudo sed -i 's/20m/30m/' /etc/docker/daemon.json")
    assert ready.run()[1].with_status("changed") == ["docker engine"]
    assert ready.machine.shell(started) == before


def test_settings_that_the_engine_refuses_are_taken_back(bare: LinuxMachine) -> None:
    bare.machine.shell(f"sudo apt-get -qq update; {INSTALL} docker.io; sudo docker swarm init")
    code, report = bare.run()
    assert code == Exit.FAILED
    assert "it has its old settings again" in report.steps[-1].detail, report
    assert "swarm" in report.steps[-1].detail
    assert bare.machine.shell("sudo docker info --format '{{.Swarm.LocalNodeState}}'") == "active"


def test_a_conflicting_setting_of_docker_is_named_and_left(bare: LinuxMachine) -> None:
    bare.machine.shell('sudo mkdir /etc/docker; echo \'{"log-driver": "journald"}\' | sudo tee /etc/docker/daemon.json')
    code, report = bare.run()
    assert code == Exit.FAILED
    assert 'sets log-driver to "journald", the platform needs "json-file"' in report.steps[-1].detail
    assert "journald" in bare.machine.shell("cat /etc/docker/daemon.json")


def test_cards_reach_the_engine_or_the_preflight_says_what_is_missing(bare: LinuxMachine) -> None:
    wanted = replace(SPEC, gpu_memory_gb=24)
    code, report = bare.run(spec=wanted)
    assert (code, [step.step for step in report.steps]) == (Exit.PREFLIGHT, ["preflight"])
    assert "missing: the NVIDIA driver (sudo apt-get install nvidia-driver" in report.steps[0].detail
    bare.machine.shell(f"sudo apt-get -qq update; {INSTALL} nvidia-utils")
    code, report = bare.run(spec=replace(wanted, gpu_memory_gb=48))
    assert "missing: 45776 MiB of NVIDIA memory (nvidia-smi shows 24564 MiB)" in report.steps[0].detail
    code, report = bare.run(spec=wanted)
    assert (code, "nvidia runtime" in report.with_status("changed")) == (Exit.OK, True), report
    assert bare.run(spec=wanted)[1].summary["changed"] == 0
    assert "nvidia" in bare.machine.shell("sudo docker info --format '{{.Runtimes}}'")


def test_containers_of_a_host_in_service_live_through_the_first_run(bare: LinuxMachine) -> None:
    bare.machine.shell(f"sudo apt-get -qq update; {INSTALL} docker.io busybox-static")
    bare.serve()
    started = "sudo docker inspect -f '{{.State.StartedAt}}' web"
    before = bare.machine.shell(started)
    code, report = bare.run()
    assert (code, "docker engine" in report.with_status("changed")) == (Exit.OK, True), report
    assert bare.machine.shell(started) == before
    assert bare.machine.answers(8081)
