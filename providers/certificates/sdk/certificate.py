"""A server's certificate."""

from collections.abc import Sequence

import pulumi

from providers.certificates.sdk.authority import Authority
from providers.common.spelling import Spelled


class Certificate(Spelled):
    """For `names` (DNS names and addresses). An update issues it anew, with a new key, once less than `renew_days`
    are left or when anything else is to be in it."""

    names: pulumi.Output[list[str]]
    certificate_pem: pulumi.Output[str]
    private_key_pem: pulumi.Output[str]
    expires: pulumi.Output[str]
    """ISO 8601, UTC."""

    def __init__(  # noqa: PLR0913 - one argument per input, as in every Pulumi resource
        self,
        resource_name: str,
        *,
        authority: Authority,
        names: Sequence[pulumi.Input[str]],
        days: pulumi.Input[int] | None = None,
        renew_days: pulumi.Input[int] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {
            "authority_certificate_pem": authority.certificate_pem,
            "authority_private_key_pem": authority.private_key_pem,
            "names": names, "days": days, "renew_days": renew_days,
            "certificate_pem": None, "private_key_pem": None, "expires": None,
        }  # fmt: skip
        secret = pulumi.ResourceOptions(additional_secret_outputs=["privateKeyPem"])
        super().__init__(
            "certificates:index:Certificate", resource_name, given, pulumi.ResourceOptions.merge(opts, secret)
        )
