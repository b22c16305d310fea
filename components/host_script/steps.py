"""The steps that make a host what its specification says, in their order."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass

from components.host_script.daemons import (
    WIRED_LIMIT,
    colima_daemon,
    mount_directories,
    ollama_daemon,
    wired_limit_daemon,
)
from components.host_script.launch_daemon import DAEMON_PATH, LaunchDaemon, log_directory
from components.host_script.spec import HOMEBREW, Colima, Directory, HostSpec, Ollama, Package

SSH_PATH_FILE = "/etc/ssh/sshd_config.d/050-ai-platform.conf"


@dataclass(frozen=True)
class Step:
    """One call of a shell function of runtime/, with the seconds that it may take."""

    name: str
    seconds: int
    function: str
    arguments: tuple[str, ...]


def steps(spec: HostSpec) -> list[Step]:
    """Every step for this host. Services come last: what they need is there when they start."""
    return list(_steps(spec))


def _steps(spec: HostSpec) -> Iterator[Step]:
    if spec.power:
        settings = tuple(str(part) for pair in spec.power.items() for part in pair)
        yield Step("power", 30, "step_power", settings)
    yield from (_directory(spec, directory) for directory in _directories(spec))
    yield from (_package(package) for package in _packages(spec))
    if spec.wired_limit_mb:
        yield _wired_limit(spec.wired_limit_mb)
    if spec.colima:
        yield Step("ssh-path", 30, "step_ssh_path", (SSH_PATH_FILE, DAEMON_PATH))
        yield _colima(spec, spec.colima)
    if spec.ollama:
        yield _ollama(spec, spec.ollama)


def _directories(spec: HostSpec) -> list[Directory]:
    paths = list(mount_directories(spec))
    if spec.ollama or spec.colima:
        paths.append(log_directory(spec.home_directory))
    if spec.ollama and spec.ollama.models_directory:
        paths.append(spec.ollama.models_directory)
    given = {directory.path for directory in spec.directories}
    return [*spec.directories, *(Directory(path=path) for path in dict.fromkeys(paths) if path not in given)]


def _directory(spec: HostSpec, directory: Directory) -> Step:
    owner = f"{spec.user}:staff"
    modes = (f"{directory.mode:04o}", stat.filemode(stat.S_IFDIR | directory.mode))
    return Step(f"directory {directory.path}", 30, "step_directory", (directory.path, owner, *modes))


def _packages(spec: HostSpec) -> list[Package]:
    wanted = {package.formula: package for package in spec.packages}
    if spec.colima:
        for formula in ("docker", "colima"):
            wanted.setdefault(formula, Package(formula=formula))
    if spec.ollama:
        wanted["ollama"] = Package(formula="ollama", version=spec.ollama.version)
    return list(wanted.values())


def _package(package: Package) -> Step:
    # Long: Homebrew may have to compile where it has no bottle.
    return Step(f"package {package.formula}", 1800, "step_package", (package.formula, package.version))


def _daemon(daemon: LaunchDaemon, seconds: int, probe: str, *arguments: str) -> Step:
    function_arguments = (
        daemon.label,
        daemon.path,
        daemon.property_list(),
        daemon.log,
        str(daemon.exit_seconds),
        probe,
        *arguments,
    )
    return Step(f"service {daemon.name}", seconds, "step_daemon", function_arguments)


def _wired_limit(megabytes: int) -> Step:
    return _daemon(wired_limit_daemon(megabytes), 60, "probe_sysctl", WIRED_LIMIT, str(megabytes))


def _ollama(spec: HostSpec, ollama: Ollama) -> Step:
    listens = "127.0.0.1" if ollama.bind in ("0.0.0.0", "") else ollama.bind  # noqa: S104
    url = f"http://{listens}:{ollama.port}/api/version"
    return _daemon(ollama_daemon(spec, ollama), 180, "probe_ollama", url, f"{HOMEBREW}/opt/ollama")


def _colima(spec: HostSpec, colima: Colima) -> Step:
    # Long: the first start downloads the machine's disk.
    socket = f"{spec.home_directory}/.colima/default/docker.sock"
    return _daemon(colima_daemon(spec, colima), 900, "probe_docker", socket)
