"""The provider: its resources and the account that they share."""

from collections.abc import Iterable

from typing_extensions import override

from providers.common.errors import PluginError
from providers.common.resource import Provider, Resource
from providers.common.schema import Failure
from providers.common.values import Properties
from providers.tensordock.plugin.account import Account, Surroundings, configuration_failures
from providers.tensordock.plugin.instance_resource import InstanceResource
from providers.tensordock.plugin.schema import NAME, VERSION
from providers.tensordock.plugin.ssh_key_resource import SshKeyResource


class TensorDockProvider(Provider):
    """One configured provider."""

    name = NAME
    version = VERSION

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._account: Account | None = None
        resources: list[Resource] = [InstanceResource(self.account), SshKeyResource(self.account)]
        self.resources = {resource.token: resource for resource in resources}

    @override
    def failures(self, configuration: Properties) -> Iterable[Failure]:
        return configuration_failures(configuration)

    @override
    def configure(self, configuration: Properties) -> None:
        if found := list(self.failures(configuration)):
            raise PluginError("; ".join(f"tensordock:{each.property} {each.reason}" for each in found))
        self._account = Account(configuration, self._surroundings)

    def account(self) -> Account:
        """The configured account. Raises PluginError before the configuration."""
        if self._account is None:
            raise PluginError("the provider is not configured yet: its configuration is not known before the update")
        return self._account
