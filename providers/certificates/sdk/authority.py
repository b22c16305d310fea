"""A certificate authority of one's own."""

import pulumi

from providers.common.spelling import Spelled


class Authority(Spelled):
    """An update renews its certificate in place, with the same key, once less than `renew_days` are left."""

    certificate_pem: pulumi.Output[str]
    """What clients trust."""
    private_key_pem: pulumi.Output[str]
    expires: pulumi.Output[str]
    """ISO 8601, UTC."""

    def __init__(
        self,
        resource_name: str,
        *,
        common_name: pulumi.Input[str],
        days: pulumi.Input[int] | None = None,
        renew_days: pulumi.Input[int] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {
            "common_name": common_name, "days": days, "renew_days": renew_days,
            "certificate_pem": None, "private_key_pem": None, "expires": None,
        }  # fmt: skip
        secret = pulumi.ResourceOptions(additional_secret_outputs=["privateKeyPem"])
        super().__init__(
            "certificates:index:Authority", resource_name, given, pulumi.ResourceOptions.merge(opts, secret)
        )
