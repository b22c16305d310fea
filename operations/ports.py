"""Ports that a plan needs and something else already holds."""

from __future__ import annotations

import errno
import re
import socket
import subprocess
from dataclasses import dataclass

from operations.docker_containers import published_ports
from planning.plan import Plan

EVERY_ADDRESS = ("0.0.0.0", "[::]", "*")  # noqa: S104  (read, never bound)


@dataclass(frozen=True, kw_only=True)
class TakenPort:
    """A port of this machine that a service wants; `holder` names the process as far as it can be told."""

    service: str
    address: str
    port: int
    holder: str


def taken_ports(plan: Plan) -> list[TakenPort]:
    """Ports on this machine's addresses that are neither free nor held by this environment's own containers."""
    ours = published_ports(plan.name)
    found = []
    for service in plan.services:
        host = plan.hosts[service.host]
        if host.kind != "local" or not service.container or (service.container.publish_address, service.port) in ours:
            continue
        if not is_free(service.container.publish_address, service.port):
            held_by = holder(service.container.publish_address, service.port)
            found.append(TakenPort(service=service.name, address=service.address, port=service.port, holder=held_by))
    return found


def is_here(address: str) -> bool:
    """Whether it is an IPv4 address of this machine."""
    with socket.socket() as probe:
        try:
            probe.bind((address, 0))
        except OSError as error:
            return error.errno != errno.EADDRNOTAVAIL
    return True


def is_free(address: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            # Any other error (an address that is not here) is Docker's to report, with its own words.
            return error.errno != errno.EADDRINUSE
    return True


def holder(address: str, port: int) -> str:
    try:
        command = ["ss", "-H", "-ltnp", f"sport = :{port}"]
        listing = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False).stdout
    except FileNotFoundError:
        return "another process"
    places = tuple(f" {place}:{port} " for place in (address, f"[{address}]", *EVERY_ADDRESS))
    listening = [line for line in listing.splitlines() if any(place in line for place in places)]
    found = re.search(r'\(\("([^"]+)",pid=(\d+)', "\n".join(listening))
    return f"{found[1]} (process {found[2]})" if found else "another process"
