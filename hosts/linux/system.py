"""Settings of the system: kernel, sshd, time, journal, upgrades."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hosts.linux.unit import Unit
from hosts.step import Step

# Redis forks to save: without overcommit the fork fails while half of the memory is free. Its queue of connections
# wants 511 places. Every container takes an inotify instance or two of the 128 that some kernels give.
KERNEL: Mapping[str, str] = {
    "fs.inotify.max_user_instances": "1024",
    "net.core.somaxconn": "4096",
    "vm.overcommit_memory": "1",
}
# After 99-sysctl.conf, which is /etc/sysctl.conf.
KERNEL_FILE = "/etc/sysctl.d/99-zz-ai-platform.conf"

# The Docker provider opens a connection for each resource: sshd refuses from the tenth that waits, by default. Of
# several values sshd takes the first, so the file's name stands before those of others.
SSH_FILE = "/etc/ssh/sshd_config.d/01-ai-platform.conf"
SSH_LIMITS: Mapping[str, str] = {"MaxStartups": "30:50:100", "MaxSessions": "64"}

TIME_UNITS = ("chrony.service", "chronyd.service", "systemd-timesyncd.service", "ntpsec.service", "ntp.service")

JOURNAL_FILE = "/etc/systemd/journald.conf.d/50-ai-platform.conf"
JOURNAL = "[Journal]\nSystemMaxUse=1G\nMaxRetentionSec=3month\n"

# After 50unattended-upgrades and 20auto-upgrades, whose lists it replaces.
UPGRADES_FILE = "/etc/apt/apt.conf.d/90ai-platform"
UPGRADES = """\
#clear Unattended-Upgrade::Allowed-Origins;
#clear Unattended-Upgrade::Origins-Pattern;
Unattended-Upgrade::Origins-Pattern {
    "origin=Debian,codename=${distro_codename}-security,label=Debian-Security";
    "origin=Ubuntu,archive=${distro_codename}-security,label=Ubuntu";
    "origin=UbuntuESM,archive=${distro_codename}-infra-security";
    "origin=UbuntuESMApps,archive=${distro_codename}-apps-security";
};
Unattended-Upgrade::Automatic-Reboot "false";
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
APT::Periodic::AutocleanInterval "7";
"""
UPGRADE_TIMERS = (Unit(name="apt-daily.timer"), Unit(name="apt-daily-upgrade.timer"))

_READABLE = ("root:root", "0644", "-rw-r--r--")


def system_steps(sysctl: Mapping[str, str]) -> Iterator[Step]:
    """`sysctl`: settings of the kernel beside, or in place of, our own."""
    yield _kernel(dict(sorted({**KERNEL, **sysctl}.items())))
    limits = "".join(f"{key} {value}\n" for key, value in SSH_LIMITS.items())
    pairs = (part.lower() for pair in SSH_LIMITS.items() for part in pair)
    yield Step("sshd limits", 30, "step_ssh_limits", (SSH_FILE, limits, *pairs), shown=limits)
    yield Step("time sync", 60, "step_time_sync", TIME_UNITS)
    yield Step("journal limit", 30, "step_journal", (JOURNAL_FILE, JOURNAL), shown=JOURNAL)
    checked = ("apt-config", "dump", "-c")
    upgrades = (UPGRADES_FILE, *_READABLE, UPGRADES, *checked)
    yield Step("unattended upgrades", 30, "step_file", upgrades, shown=UPGRADES)
    yield from (timer.step() for timer in UPGRADE_TIMERS)


def _kernel(settings: Mapping[str, str]) -> Step:
    content = "".join(f"{key} = {value}\n" for key, value in settings.items())
    pairs = (part for pair in settings.items() for part in pair)
    return Step("sysctl", 30, "step_sysctl", (KERNEL_FILE, content, *pairs), shown=content)
