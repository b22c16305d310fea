"""The host script on a simulated Mac: real sshd, launchd's rules, a real Docker engine, a real Ollama."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from hosts.directory import Directory
from hosts.login_command import login_command, standard_input
from hosts.mac.spec import Colima, MacSpec, Ollama
from hosts.mac.steps import mac_role
from hosts.package import Package
from hosts.report import Exit
from hosts.script import render_script
from simulators.hosts import lifecycle
from simulators.hosts.login import ssh_options
from simulators.hosts.specification import SimulatorError, Specification
from tests.e2e.mac import ADDRESS, Mac, new_mac

SPEC = MacSpec(
    user="admin",
    packages=(Package(name="redis"),),
    ollama=Ollama(bind="0.0.0.0"),
    colima=Colima(),
    wired_limit_mb=16_000,
    upkeep=False,
)


@pytest.fixture
def mac() -> Iterator[Mac]:
    """A Mac as it comes out of its box."""
    yield from new_mac("e2e-new", 2323, SPEC, ollama=11436)


@pytest.fixture(scope="module")
def provisioned() -> Iterator[Mac]:
    """A Mac that has its role."""
    for made in new_mac("e2e-kept", 2322, SPEC, ollama=11435):
        code, report = made.run()
        assert code == Exit.OK, report
        yield made


def test_check_says_what_would_change_and_changes_nothing(mac: Mac) -> None:
    first, second = mac.run("check"), mac.run("check")
    assert first == second
    assert first[0] == Exit.DIFFERS
    assert len(first[1].with_status("would-change")) == len(first[1].steps) > 8
    assert mac.shell("ls -A /opt/homebrew/opt /Library/LaunchDaemons /tmp; ls /etc/ssh/sshd_config.d").split() == [
        "/Library/LaunchDaemons:",
        "/opt/homebrew/opt:",
        "/tmp:",
        "100-macos.conf",
    ]


def test_the_second_apply_changes_nothing_and_takes_one_login(mac: Mac) -> None:
    code, first = mac.run()
    assert code == Exit.OK
    assert first.summary["changed"] == len(first.steps) > 8
    before = mac.logins()
    code, second = mac.run()
    assert mac.logins() == before + 1
    assert code == Exit.OK
    assert second.summary == {"ok": len(first.steps), "changed": 0, "failed": 0, "skipped": 0}
    assert mac.run("check")[0] == Exit.OK


def test_two_operators_at_once_take_turns(mac: Mac) -> None:
    with ThreadPoolExecutor() as operators:
        runs = list(operators.map(lambda _: mac.run(), range(2)))
    assert [code for code, _ in runs] == [Exit.OK, Exit.OK]
    assert sorted(report.summary["changed"] for _, report in runs) == [0, len(runs[0][1].steps)]


def test_any_path_arrives_intact(provisioned: Mac) -> None:
    names = ["it's", 'a "b" $(id) `id` ${HOME}', "line\nbreak", "ü ☃", "-n *", "\\n!"]
    paths = [f"/Users/admin/names/{name}" for name in names]
    spec = MacSpec(user="admin", power={}, upkeep=False, directories=tuple(Directory(path=path) for path in paths))
    code, report = provisioned.run(spec=spec)
    assert (code, report.summary["changed"]) == (Exit.OK, len(paths))
    assert sorted(provisioned.shell("find names -mindepth 1 -print0").split("\0")[:-1]) == sorted(
        f"names/{name}" for name in names
    )
    assert provisioned.run("check", spec=spec)[0] == Exit.OK


def test_ollama_answers_on_the_macs_own_address(provisioned: Mac) -> None:
    installed = provisioned.shell("basename $(readlink /opt/homebrew/opt/ollama)").strip()
    assert provisioned.ollama_version() == installed


def test_docker_works_over_ssh_with_a_pinned_host(provisioned: Mac, tmp_path: Path) -> None:
    # The docker client starts `ssh` without options of ours.
    wrapper = tmp_path / "ssh"
    wrapper.write_text(f'#!/bin/sh\nexec /usr/bin/ssh {" ".join(ssh_options(provisioned.keys))} "$@"\n')
    wrapper.chmod(0o755)
    info = subprocess.run(
        ["docker", "-H", f"ssh://admin@{ADDRESS}:2322", "info", "--format", "{{.Name}} {{.Driver}}"],
        env=os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert info.stdout.split()[:1] == [provisioned.specification.name], info.stderr


def test_another_host_key_is_refused(provisioned: Mac, tmp_path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "other"], check=True)
    other_key = (tmp_path / "other.pub").read_text()
    (tmp_path / "known_hosts").write_text(f"[{ADDRESS}]:2322 {other_key}")
    command = ["ssh", "-o", f"UserKnownHostsFile={tmp_path / 'known_hosts'}", *provisioned.login[1:], "true"]
    refused = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert refused.returncode == 255
    assert "Host key verification failed" in refused.stderr


@pytest.mark.parametrize("steps_before", [0, 2, 5, 8, 9])
def test_a_run_killed_half_way_converges(mac: Mac, steps_before: int) -> None:
    command = [*mac.login, login_command("apply")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdin and killed.stdout
        killed.stdin.write(standard_input(render_script(mac_role(SPEC)), {}))
        killed.stdin.close()
        for _ in range(steps_before):
            killed.stdout.readline()
        # The shell on the Mac, without any chance to tidy up; then our end.
        holder = "/var/run/ai-platform.lock/holder"
        mac.shell(f"until [ -s {holder} ]; do sleep 0.01; done; read pid rest <{holder}; kill -9 $pid")
        killed.kill()
    code, report = mac.run()
    assert code == Exit.OK, report
    assert mac.run()[1].summary["changed"] == 0
    assert mac.ollama_version()


def test_a_power_cut_half_way_converges(mac: Mac) -> None:
    command = [*mac.login, login_command("apply")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as cut:
        assert cut.stdin and cut.stdout
        cut.stdin.write(standard_input(render_script(mac_role(SPEC)), {}))
        cut.stdin.close()
        for _ in range(6):
            cut.stdout.readline()
        mac.cut_power()
        cut.kill()
    code, report = mac.run()
    assert code == Exit.OK, report
    assert mac.run()[1].summary["changed"] == 0


def test_an_upgrade_comes_when_the_settings_name_it_and_never_by_itself(mac: Mac) -> None:
    bottles = "/opt/simulator/bottles/ollama"
    older, newer = sorted(mac.shell(f"ls -d {bottles}/[0-9]* | xargs -n 1 basename").split())

    def offer(version: str) -> None:
        offered = f"echo {version} >{bottles}/stable"
        subprocess.run(["docker", "exec", mac.specification.container, "sh", "-c", offered], check=True, timeout=30)

    offer(older)
    assert mac.run()[0] == Exit.OK
    offer(newer)
    assert mac.run()[1].summary["changed"] == 0
    assert mac.ollama_version() == older
    code, report = mac.run(spec=replace(SPEC, packages=(Package(name="ollama", version=newer),)))
    assert (code, report.with_status("changed")) == (Exit.OK, ["package ollama", "service ollama"])
    assert mac.ollama_version() == newer
    code, report = mac.run(spec=replace(SPEC, packages=(Package(name="ollama", version=older),)))
    assert (code, report.with_status("failed")) == (Exit.FAILED, ["package ollama"])
    assert f"Homebrew has ollama {newer}, the settings want {older} (installed: {newer})" in report.steps[-1].detail
    assert mac.ollama_version() == newer


def test_what_somebody_changed_by_hand_is_found_and_put_right(provisioned: Mac) -> None:
    provisioned.shell(
        "sudo pmset -a sleep 30; sudo launchctl bootout system/ai-platform.ollama;"
        "sudo launchctl disable system/ai-platform.ollama; sudo sysctl iogpu.wired_limit_mb=0;"
        "sudo chmod 600 /etc/ssh/sshd_config.d/050-ai-platform.conf"
    )
    wrong = ["power", "ssh-path", "service wired-limit", "service ollama"]
    code, found = provisioned.run("check")
    assert (code, found.with_status("would-change")) == (Exit.DIFFERS, wrong)
    code, repaired = provisioned.run()
    assert (code, repaired.with_status("changed")) == (Exit.OK, wrong)
    assert provisioned.ollama_version()


def test_everything_comes_back_after_a_power_cut(provisioned: Mac) -> None:
    subprocess.run(["docker", "kill", provisioned.specification.container], check=True, timeout=60)
    lifecycle.start(provisioned.specification)
    answers = "until /opt/homebrew/bin/docker ps >/dev/null 2>&1; do sleep 0.2; done"
    provisioned.shell(answers)
    code, report = provisioned.run()
    assert (code, report.summary["changed"]) == (Exit.OK, 0), report


def test_a_version_that_homebrew_does_not_have_is_an_error_that_names_both(provisioned: Mac) -> None:
    wanted = MacSpec(user="admin", power={}, upkeep=False, packages=(Package(name="node", version="1.2.3"),))
    code, report = provisioned.run(spec=wanted)
    assert code == Exit.FAILED
    assert "Homebrew has node 25.2.1, the settings want 1.2.3" in report.steps[0].detail


def test_homebrew_busy_elsewhere_is_waited_for(provisioned: Mac) -> None:
    lock = "/opt/homebrew/var/homebrew/locks/nginx.formula.lock"
    hold = f"import fcntl,time; f=open('{lock}','w'); fcntl.flock(f,2); print(1,flush=True); time.sleep(3)"
    command = [*provisioned.login, f'exec /usr/lib/simulator-python -c "{hold}"']
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        other.stdout.readline()
        wanted = MacSpec(user="admin", power={}, upkeep=False, packages=(Package(name="nginx"),))
        code, report = provisioned.run(spec=wanted)
    assert (code, report.with_status("changed")) == (Exit.OK, ["package nginx"])


def test_a_taken_port_is_named_with_its_holder(provisioned: Mac) -> None:
    taken = Specification(
        name="e2e-other", address=ADDRESS, publish=((2322, 22),), image=provisioned.specification.image
    )
    try:
        with pytest.raises(SimulatorError, match="port 2322 is held by container ai-platform-simulator-e2e-kept"):
            lifecycle.start(taken)
    finally:
        lifecycle.stop(taken.name, purge=True)
