"""A public key that the account keeps."""

import pulumi

from providers.common.spelling import Spelled
from providers.tensordock.sdk.options import deleted_first


class SshKey(Spelled):
    """Its `id` is what `Instance(ssh_key_id=...)` takes. Any change replaces it."""

    name: pulumi.Output[str]
    """Its name in the account, derived from the resource."""
    public_key: pulumi.Output[str]

    def __init__(
        self, resource_name: str, *, public_key: pulumi.Input[str], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        given = {"public_key": public_key, "name": None}
        super().__init__("tensordock:index:SshKey", resource_name, given, deleted_first(opts))
