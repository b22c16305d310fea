"""What only shows when a configuration's entries are seen together."""

from __future__ import annotations

from collections.abc import Iterator

from settings import backup_checks
from settings.environment import Environment
from settings.problem import Problem
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
        *_routes(environment, services),
        *_edge(environment),
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
        if host.kind == "gpu_vm" and host.gpu is None:
            yield Problem(
                path=f"hosts.{name}.gpu",
                value="",
                cause="a rented machine needs its card and price",
                remedy="add `gpu:` with model, vram_gb, hourly_usd and hours_per_month",
            )
        if host.simulated and host.kind not in ("linux", "mac"):
            yield Problem(
                path=f"hosts.{name}.simulated",
                value="true",
                cause=f"a {host.kind} host cannot be simulated",
                remedy="remove it; `kind: linux` and `kind: mac` can be",
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
        if host.sysctl and host.kind != "linux":
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


def _routes(environment: Environment, services: set[str]) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for index, route in enumerate(environment.routes):
        if route.service not in services:
            yield unknown(f"routes.{index}.service", route.service, services, "service")
        if route.hostname in seen:
            yield Problem(
                path=f"routes.{index}.hostname",
                value=route.hostname,
                cause=f"already routed by routes.{seen[route.hostname]}",
                remedy="give each name one service",
            )
        seen.setdefault(route.hostname, index)


def _pins_of_no_model(environment: Environment, faulty: frozenset[str]) -> Iterator[Problem]:
    """A pin under a mistyped name would be no pin, and nobody would notice."""
    models = {model for service in environment.services.values() for model in service.models}
    for name in environment.models.digests:
        if name not in models and not faulty:  # the service may be one that could not be read
            yield unknown(f"models.digests.{name}", name, models, "model of a service")


def _edge(environment: Environment) -> Iterator[Problem]:
    if environment.routes and environment.edge is None:
        yield Problem(
            path="edge",
            value="",
            cause="routes need the account that their names belong to",
            remedy="add `edge:` with account_id, zone_id and who is admitted",
        )
    if environment.edge is None:
        return
    if environment.routes and not any((one.kind or name) == "tunnel" for name, one in environment.services.items()):
        yield Problem(
            path="services.tunnel",
            value="",
            cause="public names lead through a tunnel, and no service is its connector",
            remedy="add `tunnel: {host: <entry host>}` under services",
        )
    if "cloudflare-api-token" not in environment.secrets:
        yield Problem(
            path="secrets.cloudflare-api-token",
            value="",
            cause="the edge needs an API token",
            remedy=f"scripts/pulumi config set -s {environment.name} --secret --path "
            "'ai-platform:secrets.cloudflare-api-token'",
        )
    if not environment.edge.emails and environment.edge.email_domain is None:
        yield Problem(
            path="edge.emails",
            value="",
            cause="nobody would be admitted to private names",
            remedy="list mail addresses, or set `email_domain`",
        )
