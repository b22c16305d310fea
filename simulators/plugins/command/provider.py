"""The plugin as a whole: its resource types; it has no configuration."""

from functools import cache

from providers.common.engine_log import EngineLog
from providers.common.resource import Provider
from providers.common.values import Properties
from simulators.plugins.command import VERSION
from simulators.plugins.command.commands import LocalCommand, RemoteCommand
from simulators.plugins.command.copy_to_remote import CopyToRemote


class CommandProvider(Provider):
    """Runs what programs declare; lines that commands say go to the engine at `engine_address`."""

    name = "command"
    version = VERSION

    def __init__(self, engine_address: str) -> None:
        log = cache(lambda: EngineLog(engine_address))
        commands = [kind(log) for kind in (LocalCommand, RemoteCommand)]
        self.resources = {kind.token: kind for kind in [*commands, CopyToRemote()]}

    def configure(self, configuration: Properties) -> None:
        """There is nothing to configure."""
