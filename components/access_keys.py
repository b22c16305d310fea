"""Keys for programs: service tokens of Cloudflare Access."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi import ResourceOptions

from components.cloudflare_sdk import cloudflare
from settings.route import Edge


class AccessKeys(pulumi.ComponentResource):
    """One service token for each key of the settings. A key that is taken from them is revoked.

    A raised version makes a new secret; the one before works until `previous_until`.
    """

    ids: Mapping[str, pulumi.Output[str]]
    credentials: Mapping[str, pulumi.Output[str]]
    """`key.NAME.id` and `key.NAME.secret`: what a program sends as CF-Access-Client-Id and CF-Access-Client-Secret."""

    def __init__(self, name: str, edge: Edge, environment: str, opts: ResourceOptions | None = None) -> None:
        super().__init__("ai-platform:index:AccessKeys", name, None, opts)
        tokens = {
            key: cloudflare.ZeroTrustAccessServiceToken(
                f"{name}-{key}",
                account_id=edge.account_id,
                # The mark at the end, as logins have it: an environment's name may begin with another's.
                name=f"{key} (ai-platform-{environment})",
                duration=f"{one.lifetime_days * 24}h",
                client_secret_version=one.version if one.previous_until else None,
                previous_client_secret_expires_at=one.previous_until,
                opts=ResourceOptions(parent=self, additional_secret_outputs=["client_secret"]),
            )
            for key, one in edge.keys.items()
        }
        self.ids = {key: token.id for key, token in tokens.items()}
        self.credentials = {
            f"key.{key}.{part}": value
            for key, token in tokens.items()
            for part, value in (("id", token.client_id), ("secret", token.client_secret))
        }
        self.register_outputs({})
