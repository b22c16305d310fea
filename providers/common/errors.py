"""The ways in which a plugin's operation fails."""

from providers.common.values import Properties


class PluginError(Exception):
    """An operation failed and nothing new exists; the text names resource, cause and remedy."""


class PartialError(PluginError):
    """A resource exists, but what followed its creation (or came after a first step of an update) failed.

    The engine records the id, the state and the reason; the next update calls `update` even without a change.
    """

    def __init__(self, reason: str, identifier: str, state: Properties) -> None:
        super().__init__(reason)
        self.identifier = identifier
        self.state = state
