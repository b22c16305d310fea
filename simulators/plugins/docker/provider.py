"""The plugin: which daemon it is configured for, and its resource types."""

import json
from collections.abc import Iterator
from typing import Any

from providers.common.errors import PluginError
from providers.common.resource import Provider, Resource
from providers.common.schema import Failure
from providers.common.values import UNKNOWN, Properties
from simulators.plugins.docker import VERSION
from simulators.plugins.docker.address import dialer, effective_host, pinged_at_start
from simulators.plugins.docker.container import Container
from simulators.plugins.docker.daemon import Daemon
from simulators.plugins.docker.network import Network
from simulators.plugins.docker.remote_image import RemoteImage
from simulators.plugins.docker.tag import Tag
from simulators.plugins.docker.volume import Volume

_KNOWN = frozenset({"host", "sshOpts", "disableDockerDaemonCheck", "version", "pluginDownloadURL"})


class DockerProvider(Provider):
    """Connects to the local daemon, to one on a TCP port, or over SSH; not with TLS, contexts or registry logins."""

    name = "docker"
    version = VERSION

    def __init__(self) -> None:
        self._daemon: Daemon | None = None
        kinds: list[type[Container | Network | RemoteImage | Tag | Volume]]
        kinds = [Container, Network, RemoteImage, Tag, Volume]
        self.resources: dict[str, Resource] = {kind.token: kind(self.daemon) for kind in kinds}

    def daemon(self) -> Daemon:
        """The configured daemon; resources ask for it when they act."""
        if self._daemon is None:
            raise PluginError("the docker provider is used before its configuration is known")
        return self._daemon

    def failures(self, configuration: Properties) -> Iterator[Failure]:
        for name in configuration.keys() - _KNOWN:
            if not name.startswith("__"):
                yield Failure(name, "is not supported by the stand-in for the docker plugin")
        if UNKNOWN in (configuration.get("host"), configuration.get("sshOpts")):
            return
        try:
            dialer(effective_host(configuration.get("host")), _decoded(configuration.get("sshOpts"), []))
        except PluginError as error:
            yield Failure("host", str(error))
        except ValueError:
            yield Failure("sshOpts", "is no list of texts")

    def configure(self, configuration: Properties) -> None:
        host = effective_host(configuration.get("host"))
        self._daemon = Daemon(host, _decoded(configuration.get("sshOpts"), []))
        if pinged_at_start(host) and not _decoded(configuration.get("disableDockerDaemonCheck"), False):
            self._daemon.ping()


def _decoded(value: Any, default: Any) -> Any:
    """A configuration value that is no text travels as JSON."""
    return default if value is None else json.loads(value) if isinstance(value, str) else value
