"""What only shows when a configuration's entries are seen together."""

from __future__ import annotations

from collections.abc import Iterator

from settings import alerts, backup_checks
from settings.environment import Environment
from settings.gpu_checks import rented_hosts
from settings.login_checks import check_logins
from settings.name_checks import check_internal_names
from settings.problem import Problem
from settings.route_checks import check_routes
from settings.unknown import unknown


def check(environment: Environment, faulty: frozenset[str]) -> list[Problem]:
    """Problems between entries. A reference to an entry in `faulty` is not reported a second time."""
    hosts = {*environment.hosts, *faulty}
    services = {*environment.services, *faulty}
    return [
        *_services_on_unknown_hosts(environment, hosts),
        *_hosts_without_login(environment),
        *_hosts_without_address(environment),
        *_hosts_misdescribed(environment),
        *rented_hosts(environment),
        *check_routes(environment, services),
        *check_internal_names(environment),
        *check_logins(environment),
        *alerts.problems(environment.alerts, environment.secrets, environment.name),
        *_pins_of_no_model(environment, faulty),
        *backup_checks.problems(environment, hosts, services),
    ]


def _services_on_unknown_hosts(environment: Environment, hosts: set[str]) -> Iterator[Problem]:
    for name, service in environment.services.items():
        if service.host not in hosts:
            yield unknown(f"services.{name}.host", service.host, hosts, "host")


def _hosts_without_login(environment: Environment) -> Iterator[Problem]:
    for name, host in environment.hosts.items():
        if host.kind in ("linux", "mac") and host.ssh is None:
            yield Problem(
                path=f"hosts.{name}.ssh",
                value="",
                cause=f"a {host.kind} host is reached over SSH",
                remedy="add `ssh:` with user, identity_file and known_hosts_file",
            )
        elif host.kind in ("linux", "mac") and host.ssh:
            for key in {"user", "known_hosts_file"} - host.ssh.model_fields_set:
                yield Problem(
                    path=f"hosts.{name}.ssh.{key}",
                    value="",
                    cause="required, but missing",
                    remedy=f"add `{key}`",
                )
        if host.kind == "gpu_vm" and host.gpu is None:
            yield Problem(
                path=f"hosts.{name}.gpu",
                value="",
                cause="a rented machine needs its card and price",
                remedy="add `gpu:` with model, vram_gb, hourly_usd and hours_per_month",
            )
        if host.simulated and host.kind == "local":
            yield Problem(
                path=f"hosts.{name}.simulated",
                value="true",
                cause=f"a {host.kind} host cannot be simulated",
                remedy="remove it; linux, mac and gpu_vm can be",
            )


def _hosts_without_address(environment: Environment) -> Iterator[Problem]:
    for name, host in environment.hosts.items():
        if host.address is None and host.kind != "gpu_vm":
            yield Problem(
                path=f"hosts.{name}.address",
                value="",
                cause="services bind to a named address",
                remedy="add `address:`; 127.0.0.1 keeps them on this machine",
            )


def _hosts_misdescribed(environment: Environment) -> Iterator[Problem]:
    for name, host in environment.hosts.items():
        path = f"hosts.{name}"
        if host.ssh and host.ssh.user in host.users:
            yield Problem(
                path=f"{path}.users.{host.ssh.user}",
                value="",
                cause="this is who logs in there for the platform",
                remedy="give the person another account",
            )
        if host.sysctl and host.kind not in ("linux", "gpu_vm"):
            yield Problem(
                path=f"{path}.sysctl",
                value=", ".join(host.sysctl),
                cause=f"kernel settings of a {host.kind} host are not managed",
                remedy="remove them; `kind: linux` has them",
            )
        for index, package in enumerate(host.packages):
            if package.tap and host.kind != "mac":
                yield Problem(
                    path=f"{path}.packages.{index}.tap",
                    value=package.tap,
                    cause="taps are Homebrew's",
                    remedy="remove it; `kind: mac` has them",
                )


def _pins_of_no_model(environment: Environment, faulty: frozenset[str]) -> Iterator[Problem]:
    """A pin under a mistyped name would be no pin, and nobody would notice."""
    models = {model for service in environment.services.values() for model in service.models}
    for name in environment.models.digests:
        if name not in models and not faulty:  # the service may be one that could not be read
            yield unknown(f"models.digests.{name}", name, models, "model of a service")
