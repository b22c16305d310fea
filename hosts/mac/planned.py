"""What a Mac of the plan is to be: which packages, which native services, how large its container machine."""

from __future__ import annotations

import math

from catalogue.language_models import SIZES_GB
from catalogue.load import definitions
from hosts.backup_jobs import PACKAGE, backup_jobs
from hosts.directory import Directory
from hosts.mac.account import Account
from hosts.mac.colima import Colima
from hosts.mac.firewall import Firewall
from hosts.mac.ollama import Ollama
from hosts.mac.postgres import Postgres, PostgresDatabase
from hosts.mac.redis import Redis
from hosts.mac.spec import MacSpec
from hosts.package import Package
from planning import firewall
from planning.certificates import certificate_key
from planning.passwords import database_password
from planning.plan import Plan, PlannedService
from settings.host import Host

MACHINE_OVERHEAD_MB = 512
"""What the engine inside Colima's machine takes beside the containers' own limits."""
FORMULAE = {"ollama-native": "ollama", "postgres-native": "postgresql@16", "redis-native": "redis"}


def planned_mac(plan: Plan, name: str) -> MacSpec:
    """The specification of the Mac `name`.

    Raises ValueError when the plan's host is not a Mac, or a service of it listens on sshd's port.
    """
    host = plan.hosts[name]
    if host.kind != "mac" or host.ssh is None:
        raise ValueError(f"hosts.{name} is not a mac")
    services = plan.on(name)
    ollama = next((service for service in services if service.kind == "ollama-native"), None)
    rules = firewall.rules(plan, name)
    sources = {rule.service: rule.sources for rule in rules}
    return MacSpec(
        user=host.ssh.user,
        packages=_packages(host, services, [PACKAGE] if backup_jobs(plan, name) else []),
        directories=tuple(Directory(path=one.path, mode=int(one.mode, 8)) for one in host.directories),
        accounts=tuple(
            Account(name=user, authorized_keys=one.authorized_keys, admin=one.admin)
            for user, one in sorted(host.users.items())
        ),
        firewall=Firewall(ports=rules, ssh_port=host.ssh.port),
        ollama=_ollama(plan, ollama) if ollama else None,
        colima=_colima(host, services),
        postgres=tuple(
            _postgres(plan, host, one, sources[one.name]) for one in services if one.kind == "postgres-native"
        ),
        redis=tuple(_redis(plan, host, one) for one in services if one.kind == "redis-native"),
        jobs=backup_jobs(plan, name),
        wired_limit_mb=_wired_limit_mb(plan, ollama) if ollama else 0,
    )


def _packages(host: Host, services: tuple[PlannedService, ...], more: list[str]) -> tuple[Package, ...]:
    """Those of the settings, those that services need, and `more`; a version in the settings holds for both."""
    wanted = {one.name: Package(name=one.name, version=one.version, tap=one.tap) for one in host.packages}
    needed = ["colima", "docker"] if any(service.container for service in services) else []
    needed += [FORMULAE[service.kind] for service in services if service.kind in FORMULAE]
    for formula in [*needed, *more]:
        wanted.setdefault(formula, Package(name=formula))
    return tuple(wanted.values())


def _colima(host: Host, services: tuple[PlannedService, ...]) -> Colima | None:
    containers = [service.container for service in services if service.container]
    if not containers:
        return None
    memory_mb = MACHINE_OVERHEAD_MB + sum(container.memory_mb for container in containers)
    return Colima(
        cpus=max(1, min(math.ceil(sum(container.cpus for container in containers)), math.floor(host.cpus))),
        memory_gib=math.ceil(memory_mb / 1024),
        disk_gib=max(20, math.floor(host.disk_gb / 4)),
    )


def _ollama(plan: Plan, service: PlannedService) -> Ollama:
    settings = plan.environment.services[service.name]
    return Ollama(bind="0.0.0.0", port=service.port, loaded_models=settings.loaded_models, keep_alive="30m")  # noqa: S104


def _postgres(plan: Plan, host: Host, service: PlannedService, sources: tuple[str, ...]) -> Postgres:
    databases = [one.database for one in plan.services if one.database and one.database_service == service.name]
    return Postgres(
        name=service.name,
        port=service.port,
        listen=_listen(host),
        sources=sources,
        memory_mb=_memory_mb(plan, service),
        certificate=certificate_key(service.name, "certificate"),
        key=certificate_key(service.name, "key"),
        databases=tuple(
            PostgresDatabase(
                name=database.name,
                role=database.role,
                secret=f"password.{database_password(database.role)}",
                extensions=database.extensions,
            )
            for database in databases
        ),
    )


def _redis(plan: Plan, host: Host, service: PlannedService) -> Redis:
    return Redis(name=service.name, port=service.port, listen=_listen(host), memory_mb=_memory_mb(plan, service))


def _listen(host: Host) -> str:
    address = host.publish_address or host.address or "127.0.0.1"
    return "*" if address == "0.0.0.0" else address  # noqa: S104  (the firewall decides who may come in)


def _memory_mb(plan: Plan, service: PlannedService) -> int:
    return plan.environment.services[service.name].memory_mb or definitions()[service.kind].memory_mb


def _wired_limit_mb(plan: Plan, service: PlannedService) -> int:
    """Memory for the models that are loaded at once; 0 (macOS's default share) while they need less than 8 GB."""
    sizes = SIZES_GB | plan.environment.models.sizes_gb
    loaded = plan.environment.services[service.name].loaded_models
    needed = sum(sorted((sizes[model] for model in service.models), reverse=True)[:loaded])
    return math.ceil(needed * 1.15) * 1024 if needed >= 8 else 0
