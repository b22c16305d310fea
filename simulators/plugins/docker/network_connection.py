"""Connections of a new container to networks of its own, which take the place of the default network."""

from typing import Any

from providers.common.values import Properties
from simulators.plugins.docker.daemon import Daemon, DaemonError
from simulators.plugins.docker.host_request import set_values

_DEFAULT_NETWORK = "bridge"


def connect(daemon: Daemon, container: str, network: Properties, *, first: bool) -> None:
    """Connect the container to one network; the first one ends its connection to the default network."""
    if first:
        _leave_default(daemon, container)
    with daemon.doing(f"connect to network {network['name']}") as client:
        client.connect_container_to_network(container, network["name"], **connection_arguments(network))


def connection_arguments(network: Properties) -> dict[str, Any]:
    """The SDK's arguments for one `networksAdvanced` entry. Pure."""
    return set_values(
        {
            "aliases": network.get("aliases"),
            "ipv4_address": network.get("ipv4Address"),
            "ipv6_address": network.get("ipv6Address"),
            "link_local_ips": network.get("linkLocalIps"),
            "driver_opt": dict(option.split("=", 1) for option in network.get("driverOpts", [])),
            "mac_address": network.get("macAddress"),
        }
    )


def _leave_default(daemon: Daemon, container: str) -> None:
    try:
        with daemon.doing("disconnect the default network") as client:
            client.disconnect_container_from_network(container, _DEFAULT_NETWORK)
    except DaemonError as error:
        if "is not connected to" not in str(error):
            raise
