"""An account with its own configuration, where the stack's `tensordock:...` is not meant."""

import pulumi


class Provider(pulumi.ProviderResource):
    """Everything left out comes from TENSORDOCK_API_TOKEN and TENSORDOCK_BASE_URL, or has its default."""

    def __init__(
        self,
        resource_name: str,
        *,
        api_token: pulumi.Input[str] | None = None,
        base_url: pulumi.Input[str] | None = None,
        namespace: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {"apiToken": api_token, "baseUrl": base_url, "namespace": namespace}
        known = {name: value for name, value in given.items() if value is not None}
        if api_token is not None:
            known["apiToken"] = pulumi.Output.secret(api_token)
        super().__init__("tensordock", resource_name, known, opts)
