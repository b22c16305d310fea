"""The daemons of ours that a host runs."""

from __future__ import annotations

import shlex

from components.host_script.launch_daemon import LaunchDaemon
from components.host_script.spec import HOMEBREW, Colima, HostSpec, Ollama

WIRED_LIMIT = "iogpu.wired_limit_mb"
# launchd starts daemons in no order, and Ollama reads the limit only when it starts.
WIRED_LIMIT_WAIT_SECONDS = 30


def wired_limit_daemon(megabytes: int) -> LaunchDaemon:
    """Sets the GPU's memory at every boot: the setting is lost when the host restarts."""
    return LaunchDaemon(name="wired-limit", program=("/usr/sbin/sysctl", f"{WIRED_LIMIT}={megabytes}"))


def ollama_daemon(spec: HostSpec, ollama: Ollama) -> LaunchDaemon:
    """`ollama serve`, by the path that survives a `brew upgrade`."""
    serve = (f"{HOMEBREW}/opt/ollama/bin/ollama", "serve")
    return LaunchDaemon(
        name="ollama",
        program=_after_wired_limit(spec.wired_limit_mb, serve) if spec.wired_limit_mb else serve,
        user=spec.user,
        home=spec.home_directory,
        environment=ollama.environment(),
    )


def _after_wired_limit(megabytes: int, program: tuple[str, ...]) -> tuple[str, ...]:
    script = (
        f'i=0; until [ "$(/usr/sbin/sysctl -n {WIRED_LIMIT})" = {megabytes} ] || [ $i -ge '
        f"{WIRED_LIMIT_WAIT_SECONDS} ]; do i=$((i+1)); sleep 1; done; exec {shlex.join(program)}"
    )
    return ("/bin/sh", "-c", script)


def colima_daemon(spec: HostSpec, colima: Colima) -> LaunchDaemon:
    """`colima start` in the foreground: Homebrew's own service would start only after somebody logs in."""
    program = [
        f"{HOMEBREW}/opt/colima/bin/colima",
        "start",
        "--foreground",
        *("--cpus", str(colima.cpus)),
        *("--memory", str(colima.memory_gib)),
        *("--disk", str(colima.disk_gib)),
        *("--vm-type", "vz", "--mount-type", "virtiofs"),
    ]
    # Without any --mount colima gives containers the whole home, writable.
    for mount in colima.mounts or (_empty_mount(spec),):
        program += ["--mount", f"{mount}:w"]
    return LaunchDaemon(
        name="colima",
        program=tuple(program),
        user=spec.user,
        home=spec.home_directory,
        exit_seconds=120,
    )


def _empty_mount(spec: HostSpec) -> str:
    return f"{spec.home_directory}/ai-platform"


def mount_directories(spec: HostSpec) -> tuple[str, ...]:
    """Directories that must be there before colima starts."""
    return (spec.colima.mounts or (_empty_mount(spec),)) if spec.colima else ()
