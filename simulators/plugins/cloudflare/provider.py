"""The plugin as a whole: its configuration, its resource types and its one function."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from providers.common.errors import PluginError
from providers.common.resource import Provider
from providers.common.schema import Failure
from providers.common.values import UNKNOWN, Properties
from simulators.plugins.cloudflare import VERSION
from simulators.plugins.cloudflare.resource import resource_type
from simulators.plugins.cloudflare.table import ROWS

if TYPE_CHECKING:
    from simulators.plugins.cloudflare.api import CloudflareApi

TOKEN = re.compile(r"[0-9A-Za-z\-_]{40,80}")
TUNNEL_TOKEN = "cloudflare:index/getZeroTrustTunnelCloudflaredToken:getZeroTrustTunnelCloudflaredToken"  # noqa: S105
UNSUPPORTED = ("apiKey", "apiUserServiceKey", "email")


class CloudflareProvider(Provider):
    """Authorizes with an API token only; `baseUrl` or CLOUDFLARE_BASE_URL names another API than the official."""

    name = "cloudflare"
    version = VERSION

    def __init__(self) -> None:
        self._api: CloudflareApi | None = None
        self.resources = {row.token: resource_type(row)(self.api) for row in ROWS}

    def api(self) -> CloudflareApi:
        """The configured API; resources ask for it when they act."""
        if self._api is None:
            raise PluginError("the cloudflare provider is used before its configuration is known")
        return self._api

    def failures(self, configuration: Properties) -> Iterable[Failure]:
        token = configuration.get("apiToken") or os.environ.get("CLOUDFLARE_API_TOKEN")
        if token is None:
            yield Failure("apiToken", "is missing; set cloudflare:apiToken or CLOUDFLARE_API_TOKEN")
        elif token is not UNKNOWN and not TOKEN.fullmatch(token):
            yield Failure("apiToken", "must be 40 to 80 characters of 0-9, A-Z, a-z, - and _")
        for name in UNSUPPORTED:
            if configuration.get(name) is not None:
                yield Failure(name, "is not supported by the stand-in for the cloudflare plugin; use apiToken")

    def configure(self, configuration: Properties) -> None:
        # Imported here: engines start plugins one after the other, but configure them side by side.
        from simulators.plugins.cloudflare.api import OFFICIAL_URL, CloudflareApi  # noqa: PLC0415

        for failure in self.failures(configuration):
            raise PluginError(f"cloudflare provider: {failure.property} {failure.reason}")
        token = configuration.get("apiToken") or os.environ["CLOUDFLARE_API_TOKEN"]
        base_url = configuration.get("baseUrl") or os.environ.get("CLOUDFLARE_BASE_URL") or OFFICIAL_URL
        self._api = CloudflareApi(base_url, token)

    def invoke(self, token: str, arguments: Properties) -> Properties:
        if token != TUNNEL_TOKEN:
            return super().invoke(token, arguments)
        account, tunnel = arguments["accountId"], arguments["tunnelId"]
        path = f"accounts/{account}/cfd_tunnel/{tunnel}/token"
        answer = self.api().call("GET", path, None, pause=time.sleep)
        if answer is None:
            raise PluginError(f"{path}: there is no such tunnel")
        return {**arguments, "id": tunnel, "token": answer}
