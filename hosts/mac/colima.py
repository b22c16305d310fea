"""Colima: the virtual machine that containers run in."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from hosts.mac.launch_daemon import LaunchDaemon
from hosts.mac.places import programs
from hosts.step import Step

GIB = 1024**3


@dataclass(frozen=True, kw_only=True)
class Colima:
    """The virtual machine that containers run in. Only `mounts` of the host are seen inside, writable."""

    cpus: int = 2
    memory_gib: int = 2
    disk_gib: int = 100
    mounts: tuple[str, ...] = ()

    def directories(self, home: str) -> tuple[str, ...]:
        """Directories that must be there before it starts. Without any mount colima would show the whole home."""
        return self.mounts or (f"{home}/ai-platform",)

    def daemon(self, user: str, home: str) -> LaunchDaemon:
        """`colima start` in the foreground: Homebrew's own service would start only after somebody logs in."""
        start = [
            f"{programs('colima')}/colima",
            "start",
            "--foreground",
            *("--cpus", str(self.cpus)),
            *("--memory", str(self.memory_gib)),
            *("--disk", str(self.disk_gib)),
            *("--vm-type", "vz", "--mount-type", "virtiofs"),
        ]
        for mount in self.directories(home):
            start += ["--mount", f"{mount}:w"]
        script = f"{AFTER_A_POWER_CUT} exec {shlex.join(start)}"
        return LaunchDaemon(name="colima", program=("/bin/sh", "-c", script), user=user, home=home, exit_seconds=120)

    def steps(self, user: str, home: str) -> tuple[Step, ...]:
        """Has it run with these sizes, and notes that its volumes hold data."""
        machine = f"{home}/.colima/default"
        sizes = (str(self.cpus), str(self.memory_gib * GIB), str(self.disk_gib * GIB))
        mounts = "\n".join(self.directories(home))
        probe = ("probe_machine", f"{machine}/docker.sock", *sizes, f"{machine}/colima.yaml", mounts)
        # Long: the first start downloads the machine's disk.
        service = self.daemon(user, home).step(900, probe, before=("step_colima",))
        return service, Step("data colima", 30, "step_note_data", ("colima",))


# A machine that was cut off is `Broken`, or its disk is still marked as in use: a forced stop clears both.
AFTER_A_POWER_CUT = (
    f"colima={programs('colima')}/colima; "
    "case $($colima list --json | tr -d ' ') in *'\"status\":\"Running\"'*) ;; *) $colima stop --force;; esac; "
    'rm -f "$HOME/.colima/_lima/_disks/colima/in_use_by";'
)
