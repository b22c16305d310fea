"""The steps that make a host what its specification says, in their order."""

from __future__ import annotations

from collections.abc import Iterator

from hosts.directory import Directory
from hosts.mac import postgres, redis
from hosts.mac.job import job_step
from hosts.mac.launch_daemon import DAEMON_PATH, LABEL_PREFIX, log_directory
from hosts.mac.logs import rotation_step
from hosts.mac.ollama import wired_limit_step
from hosts.mac.places import HOMEBREW
from hosts.mac.spec import MacSpec
from hosts.package import Package
from hosts.role import Role
from hosts.step import Step

SSH_PATH_FILE = "/etc/ssh/sshd_config.d/050-ai-platform.conf"


def mac_role(spec: MacSpec) -> Role:
    """The role of a Mac. Services come last: what they need is there when they start, the firewall before any."""
    steps = (*_system(spec), *_parts(spec), *_services(spec))
    compiles = "yes" if spec.postgres else "no"
    needs = (HOMEBREW, str(spec.memory_needed_mb), compiles)
    return Role(platform="mac", user=spec.user, needs=needs, steps=(*steps, *_leftovers(spec, steps)))


def _system(spec: MacSpec) -> Iterator[Step]:
    if spec.power:
        settings = tuple(str(part) for pair in spec.power.items() for part in pair)
        yield Step("power", 30, "step_power", settings)
    if spec.upkeep:
        yield Step("filevault", 30, "step_filevault")
        yield Step("updates", 120, "step_updates")
        yield Step("network-time", 60, "step_network_time")
    yield from (account.step() for account in spec.accounts)


def _parts(spec: MacSpec) -> Iterator[Step]:
    yield from (directory.step(f"{spec.user}:staff") for directory in _directories(spec))
    yield from (_package(package) for package in _packages(spec))
    if spec.postgres:
        yield postgres.pgvector_step()
    if spec.colima:
        yield Step("ssh-path", 30, "step_ssh_path", (SSH_PATH_FILE, DAEMON_PATH))


def _services(spec: MacSpec) -> Iterator[Step]:
    owner = (spec.user, spec.home_directory)
    if spec.firewall:
        yield from spec.firewall.steps()
    if spec.wired_limit_mb:
        yield wired_limit_step(spec.wired_limit_mb)
    for server in spec.servers:
        yield from server.steps(*owner)
    if spec.colima:
        yield from spec.colima.steps(*owner)
    if spec.ollama:
        yield spec.ollama.step(*owner, spec.wired_limit_mb)
    yield from (job_step(job, *owner) for job in spec.jobs)
    if _writes_logs(spec):
        yield rotation_step(*owner)


def _leftovers(spec: MacSpec, steps: tuple[Step, ...]) -> Iterator[Step]:
    labels = [LABEL_PREFIX + step.name.removeprefix("service ") for step in steps if step.name.startswith("service ")]
    if spec.upkeep:
        yield Step("leftovers", 60, "step_leftovers", tuple(labels))


def _writes_logs(spec: MacSpec) -> bool:
    return bool(spec.ollama or spec.colima or spec.servers or spec.jobs)


def _directories(spec: MacSpec) -> list[Directory]:
    needed = [directory for server in spec.servers for directory in server.directories()]
    paths = list(spec.colima.directories(spec.home_directory)) if spec.colima else []
    if _writes_logs(spec):
        paths.append(log_directory(spec.home_directory))
    if spec.ollama and spec.ollama.models_directory:
        paths.append(spec.ollama.models_directory)
    wanted = {directory.path: directory for directory in (*(Directory(path=path) for path in paths), *needed)}
    given = {directory.path: directory for directory in spec.directories}
    return list((given | {path: one for path, one in wanted.items() if path not in given}).values())


def _packages(spec: MacSpec) -> list[Package]:
    wanted = {package.name: package for package in spec.packages}
    needed = {
        "docker": spec.colima,
        "colima": spec.colima,
        postgres.FORMULA: spec.postgres,
        redis.FORMULA: spec.redis,
        "ollama": spec.ollama,
    }
    for formula, service in needed.items():
        if service:
            wanted.setdefault(formula, Package(name=formula))
    return list(wanted.values())


def _package(package: Package) -> Step:
    # Long: Homebrew may have to compile where it has no bottle.
    formula = f"{package.tap}/{package.name}" if package.tap else package.name
    return Step(f"package {package.name}", 1800, "step_package", (formula, package.version))
