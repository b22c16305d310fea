"""Where a Docker daemon listens, and how to open a connection to it."""

import os
import socket
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from providers.common.errors import PluginError
from simulators.plugins.docker.ssh import SshDialer

Dialer = Callable[[float | None], socket.socket]
"""Opens a connection whose operations time out after so many seconds. Raises `OSError`."""

DEFAULT_HOST = "unix:///var/run/docker.sock"
SCHEMES = ("unix", "tcp", "ssh")


def effective_host(host: str | None) -> str:
    """The configured host, else `DOCKER_HOST`, else the local daemon."""
    return host or os.environ.get("DOCKER_HOST") or DEFAULT_HOST


def pinged_at_start(host: str) -> bool:
    """Whether the plugin tries the daemon as soon as it is configured; the official one spares SSH hosts."""
    return urlsplit(host).scheme != "ssh"


def dialer(host: str, ssh_options: Sequence[str] = ()) -> Dialer:
    """How to reach the daemon at this address. Raises `PluginError` for an address of another kind."""
    parts = urlsplit(host)
    match parts.scheme:
        case "unix":
            return lambda timeout: _unix_socket(parts.path, timeout)
        case "tcp" if parts.hostname and parts.port:
            end = (parts.hostname, parts.port)
            return lambda timeout: socket.create_connection(end, timeout)
        case "ssh" if parts.hostname and parts.path in ("", "/"):
            return SshDialer(parts.hostname, parts.username, parts.port, ssh_options)
    raise PluginError(
        f"docker host {host!r} is not an address that can be used; "
        "write unix:///path, tcp://host:port or ssh://user@host[:port]"
    )


def _unix_socket(path: str, timeout: float | None) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(timeout)
    try:
        connection.connect(path)
    except OSError:
        connection.close()
        raise
    return connection
