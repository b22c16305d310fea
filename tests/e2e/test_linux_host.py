"""From a bare Linux machine to one with Docker: a real sshd, real systemd, apt and dpkg, a real engine."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from hosts.backup_jobs import backup_jobs
from hosts.directory import Directory
from hosts.linux.steps import linux_role
from hosts.linux.unit import Unit
from hosts.linux.user import User
from hosts.login_command import login_command, standard_input
from hosts.report import Exit
from hosts.script import render_script
from planning.build import build
from settings.load import load
from simulators.hosts import lifecycle
from tests.e2e.linux_host import KEY, SPEC, LinuxMachine, new_host
from tests.e2e.linux_machine import ADDRESS, BOOT

SSH = {"user": "admin", "identity_file": "key", "known_hosts_file": "known_hosts"}


@pytest.fixture
def bare() -> Iterator[LinuxMachine]:
    """A machine as it is handed over."""
    yield from new_host("e2e-host-bare", 2512)


@pytest.fixture(scope="module")
def ready() -> Iterator[LinuxMachine]:
    """A machine that has its role."""
    for made in new_host("e2e-host-ready", 2522):
        code, report = made.run()
        assert code == Exit.OK, report
        yield made


def test_check_says_what_would_change_and_changes_nothing(bare: LinuxMachine) -> None:
    (first_code, first), (_, second) = bare.run("check"), bare.run("check")
    assert first == second
    assert first_code == Exit.DIFFERS
    unchanged = {"unit apt-daily.timer", "unit apt-daily-upgrade.timer"}
    assert {step.step for step in first.steps} - set(first.with_status("would-change")) == unchanged, first
    left = bare.machine.shell("ls /etc/ai-platform /etc/docker /tmp /run/ai-platform* 2>/dev/null | grep -v ^systemd-")
    assert left == "/tmp:"


def test_the_second_apply_changes_nothing_and_takes_one_login(bare: LinuxMachine, tmp_path: Path) -> None:
    code, first = bare.run()
    assert (code, first.summary["failed"]) == (Exit.OK, 0), first
    before = bare.logins()
    code, second = bare.run()
    assert bare.logins() == before + 1
    assert (code, second.summary["ok"], second.summary["changed"]) == (Exit.OK, len(first.steps), 0), second
    assert bare.run("check")[0] == Exit.OK
    info = bare.docker(tmp_path, "info", "--format", "{{.Name}} {{.LoggingDriver}} {{.LiveRestoreEnabled}}")
    assert info.stdout.split() == ["e2e-host-bare", "json-file", "true"], info.stderr
    assert bare.machine.shell("greeter; sudo sshd -T | grep -E '^max(sessions|startups)'").split("\n") == [
        "greeter 1.0-1",
        "maxsessions 64",
        "maxstartups 30:50:100",
    ]


def test_two_operators_at_once_take_turns(bare: LinuxMachine) -> None:
    with ThreadPoolExecutor() as operators:
        runs = list(operators.map(lambda _: bare.run(), range(2)))
    assert [code for code, _ in runs] == [Exit.OK, Exit.OK], runs
    assert min(report.summary["changed"] for _, report in runs) == 0


@pytest.mark.parametrize("moment", ["dpkg", 1, 9])
def test_a_power_cut_half_way_is_no_harm(bare: LinuxMachine, moment: int | str, tmp_path: Path) -> None:
    before = bare.machine.shell(BOOT)
    command = [*bare.login, login_command("apply")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdin and killed.stdout
        killed.stdin.write(standard_input(render_script(linux_role(SPEC)), {}))
        killed.stdin.close()
        if isinstance(moment, str):
            bare.machine.shell(f"until pgrep -x {moment}; do sleep 0.02; done; sleep 1")
        else:
            for _ in range(moment):
                killed.stdout.readline()
        subprocess.run(["docker", "kill", bare.machine.specification.container], check=True, timeout=60)
        killed.kill()
    lifecycle.start(bare.machine.specification)
    bare.machine.wait_for_boot(before)
    code, report = bare.run()
    assert code == Exit.OK, report
    assert bare.run()[1].summary["changed"] == 0
    assert bare.docker(tmp_path, "version").returncode == 0


# What somebody does by hand, by the steps that find it.
BY_HAND = {
    "settings": {
        "sysctl": "sudo sysctl -q -w vm.overcommit_memory=0",
        "sshd limits": "echo MaxSessions 5 | sudo tee /etc/ssh/sshd_config.d/01-ai-platform.conf",
        "journal limit": "sudo rm /etc/systemd/journald.conf.d/50-ai-platform.conf",
        "unattended upgrades": "echo '//' | sudo tee -a /etc/apt/apt.conf.d/90ai-platform",
    },
    "services": {
        "time sync": "sudo systemctl disable --now chrony",
        "unit apt-daily-upgrade.timer": "sudo systemctl mask --now apt-daily-upgrade.timer",
        "firewall": "sudo nft flush ruleset",
        "unit ai-platform-firewall.service": "sudo systemctl disable ai-platform-firewall.service",
        "docker engine": "sudo systemctl disable --now docker.service docker.socket",
    },
    "people": {
        "packages": "sudo apt-mark unhold greeter; sudo apt-get -qq purge -y nftables",
        # Without the package nobody can tell what is loaded.
        "firewall": "true",
        "docker group": "sudo gpasswd -d admin docker",
        "user anna": "sudo rm /etc/sudoers.d/ai-platform-anna",
        "user bert": "sudo chmod 0644 /home/bert/.ssh/authorized_keys",
    },
    "files": {
        "firewall": "sudo sed -i s/drop/accept/ /etc/ai-platform/firewall.nft",
        "unit ai-platform-firewall.service": "sudo rm /etc/systemd/system/ai-platform-firewall.service",
        "docker engine": "sudo sed -i s/20m/90m/ /etc/docker/daemon.json",
        "user bert": "echo 'bert ALL=(ALL) ALL' | sudo tee /etc/sudoers.d/ai-platform-bert",
    },
}


@pytest.mark.parametrize("kind", BY_HAND)
def test_what_somebody_changed_by_hand_is_found_and_put_right(ready: LinuxMachine, kind: str) -> None:
    for command in BY_HAND[kind].values():
        ready.machine.shell(command)
    code, found = ready.run("check")
    assert (code, set(found.with_status("would-change"))) == (Exit.DIFFERS, set(BY_HAND[kind])), found
    code, repaired = ready.run()
    # Debian loads nothing of nftables when it is installed again, so our table has never gone.
    changed = {step for step, command in BY_HAND[kind].items() if command != "true"}
    assert (code, set(repaired.with_status("changed"))) == (Exit.OK, changed), repaired
    assert ready.run("check")[0] == Exit.OK


def test_everything_comes_back_after_a_restart(ready: LinuxMachine, tmp_path: Path) -> None:
    before = ready.machine.shell(BOOT)
    ready.machine.tried("sudo reboot")
    ready.machine.wait_for_boot(before)
    code, report = ready.run()
    assert (code, report.summary["changed"]) == (Exit.OK, 0), report
    assert ready.docker(tmp_path, "version").returncode == 0


def test_a_timer_of_ours_is_started_and_its_service_is_only_there(ready: LinuxMachine) -> None:
    service = Unit(name="e2e-job.service", content="[Service]\nType=oneshot\nExecStart=/bin/true\n", started=False)
    timer = "[Timer]\nOnCalendar=daily\n[Install]\nWantedBy=timers.target\n"
    wanted = replace(SPEC, units=(service, Unit(name="e2e-job.timer", content=timer)))
    assert ready.run(spec=wanted)[1].with_status("changed") == ["unit e2e-job.service", "unit e2e-job.timer"]
    assert ready.run(spec=wanted)[1].summary["changed"] == 0
    assert "e2e-job.timer" in ready.machine.shell("systemctl list-timers --no-legend")


def test_the_timer_s_own_unit_makes_a_backup_as_the_login_user_and_a_failed_run_is_told(ready: LinuxMachine) -> None:
    """What lies at the end of ExecStart is told what it got, and ends as the test wants it."""
    folder, job = "/home/admin/the platform", "ai-platform-backup-office"
    script = '#!/bin/sh\necho "$(id -un) $PWD $HOME $*" >told\nexit "$(cat code)"\n'
    ready.machine.shell(f"mkdir -p '{folder}/scripts'; cd '{folder}'; echo 0 >code; printf '{script}' >scripts/backup")
    ready.machine.shell(f"chmod +x '{folder}/scripts/backup'")
    backups = {"repository": "/backups", "timer": {"host": "gate", "folder": folder}}
    host = {"kind": "linux", "address": "10.0.0.1", "cpus": 2, "memory_gb": 8, "disk_gb": 50, "ssh": SSH}
    plan = build(load("office", {"hosts": {"gate": host}, "backups": backups}, "Pulumi.office.yaml"), {})
    assert ready.run(spec=replace(SPEC, jobs=backup_jobs(plan, "gate")))[0] == Exit.OK
    assert f"{job}.timer" in ready.machine.shell("systemctl list-timers --no-legend")
    ready.machine.shell(f"sudo systemctl start {job}.service")
    told = ready.machine.shell(f"cat '{folder}/told'")
    assert told == f"admin {folder} /home/admin run -s office --wait 7200"
    ready.machine.shell(f"echo 1 >'{folder}/code'")
    assert ready.machine.tried(f"sudo systemctl start {job}.service").returncode != 0
    assert "status=1/FAILURE" in ready.machine.tried(f"systemctl status {job}.service").stdout


def test_a_person_logs_in_and_becomes_root_as_long_as_the_settings_say_so(ready: LinuxMachine) -> None:
    key = ready.machine.keys.client_key.with_suffix(".pub").read_text()
    for admin in (True, False):
        carl = User(name="carl", authorized_keys=(KEY, key), admin=admin)
        assert ready.run(spec=replace(SPEC, users=(carl,)))[1].with_status("changed") == ["user carl"]
        assert (ready.machine.tried("sudo -n true", user="carl").returncode == 0) == admin
    code, report = ready.run(spec=replace(SPEC, users=(User(name="admin", authorized_keys=(KEY,)),)))
    assert code == Exit.FAILED
    assert "admin is who logs in here for the platform" in report.steps[-1].detail


def test_any_path_arrives_intact(ready: LinuxMachine) -> None:
    paths = [f"/home/admin/names/{name}" for name in ("it's", 'a "b" $(id) `id` ${HOME}', "line\nbreak", "ü ☃", "-n *")]
    wanted = replace(SPEC, directories=tuple(Directory(path=path) for path in paths))
    assert ready.run(spec=wanted)[1].summary["changed"] == len(paths)
    assert sorted(ready.machine.shell("find /home/admin/names -mindepth 1 -print0").split("\0")[:-1]) == sorted(paths)


def test_another_host_key_is_refused(ready: LinuxMachine, tmp_path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "other"], check=True)
    known = tmp_path / "known_hosts"
    known.write_text(f"[{ADDRESS}]:{ready.ssh_port} {(tmp_path / 'other.pub').read_text()}")
    command = ["ssh", "-o", f"UserKnownHostsFile={known}", *ready.login[1:], "true"]
    refused = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (refused.returncode, "Host key verification failed" in refused.stderr) == (255, True)
