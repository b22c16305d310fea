"""The Cloudflare SDK, part by part: `from components.cloudflare_sdk import cloudflare`."""

from typing import TYPE_CHECKING

from components.partial_sdk import standing

if TYPE_CHECKING:
    import pulumi_cloudflare as cloudflare
else:
    cloudflare = standing("pulumi_cloudflare")

__all__ = ["cloudflare"]
