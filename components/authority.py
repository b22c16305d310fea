"""The environment's own certificate authority: the one thing that its clients have to trust."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from planning.certificates import RENEW_DAYS
from providers.certificates import sdk


@dataclass(frozen=True, kw_only=True)
class Issued:
    """A server's certificate and its (secret) key, both PEM."""

    certificate_pem: pulumi.Output[str]
    key_pem: pulumi.Output[str]


class Authority(pulumi.ComponentResource):
    """Ten years, the same key for life. It lives in the state alone: an environment that begins anew has another."""

    certificate_pem: pulumi.Output[str]

    def __init__(self, name: str, opts: ResourceOptions | None = None) -> None:
        super().__init__("ai-platform:index:Authority", name, None, opts)
        self._name = name
        self._resource = sdk.Authority(
            name, common_name=f"ai-platform {pulumi.get_stack()}"[:64], opts=ResourceOptions(parent=self)
        )
        self.certificate_pem = self._resource.certificate_pem
        self.register_outputs({"certificate_pem": self.certificate_pem})

    def issue(self, name: str, names: Sequence[pulumi.Input[str]]) -> Issued:
        """A certificate for DNS names and addresses: one year, issued anew by an update in its last RENEW_DAYS.

        `name` is stable for life; other `names` issue it anew as well.
        """
        certificate = sdk.Certificate(
            f"{self._name}-{name}",
            authority=self._resource,
            names=names,
            renew_days=RENEW_DAYS,
            opts=ResourceOptions(parent=self),
        )
        return Issued(certificate_pem=certificate.certificate_pem, key_pem=certificate.private_key_pem)
