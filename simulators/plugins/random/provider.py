"""The plugin as a whole: its resource types; it has no configuration."""

from providers.common.resource import Provider, Resource
from providers.common.values import Properties
from simulators.plugins.random import VERSION, resources

TYPES: tuple[type[Resource], ...] = (
    resources.RandomBytes,
    resources.RandomId,
    resources.RandomInteger,
    resources.RandomPassword,
    resources.RandomPet,
    resources.RandomString,
    resources.RandomUuid,
)


class RandomProvider(Provider):
    """Draws values; they live in the state alone."""

    name = "random"
    version = VERSION

    def __init__(self) -> None:
        self.resources = {kind.token: kind() for kind in TYPES}

    def configure(self, configuration: Properties) -> None:
        """There is nothing to configure."""
