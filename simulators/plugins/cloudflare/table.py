"""The resource types of this stand-in as data: where each lives in the API and what its arguments are."""

from collections.abc import Mapping
from dataclasses import dataclass

from providers.common.schema import Field
from simulators.plugins.cloudflare.wire import Spell, camel, snake

REQUIRED, OPTIONAL, COMPUTED = Field(required=True), Field(), Field(computed=True)
PARENT = Field(required=True, replaces=True)
EITHER_PARENT = Field(replaces=True)


@dataclass(frozen=True, slots=True)
class Row:
    """One resource type.

    `path` is below the account or zone that `accountId` or `zoneId` names and may hold arguments in braces.
    `once`: the argument that identifies what exists exactly once, so it is put in place and never deleted.
    `spell`: how the API spells names below the top level.
    """

    name: str
    path: str
    fields: Mapping[str, Field]
    outputs: tuple[str, ...]
    update: str = "PUT"
    spell: Spell = snake
    once: str | None = None

    @property
    def token(self) -> str:
        return f"cloudflare:index/{self.name[0].lower()}{self.name[1:]}:{self.name}"


def _optional(names: str) -> dict[str, Field]:
    return dict.fromkeys(names.split(), OPTIONAL)


ROWS = (
    Row(
        "ZeroTrustTunnelCloudflared",
        "cfd_tunnel",
        {
            "accountId": PARENT,
            "name": REQUIRED,
            "configSrc": Field(default="local", replaces=True),
            "tunnelSecret": OPTIONAL,
        },
        ("accountTag", "connections", "createdAt", "deletedAt", "metadata", "remoteConfig", "status", "tunType"),
        update="PATCH",
    ),
    Row(
        "ZeroTrustTunnelCloudflaredConfig",
        "cfd_tunnel/{tunnelId}/configurations",
        {"accountId": PARENT, "tunnelId": PARENT, "config": OPTIONAL, "source": COMPUTED},
        ("createdAt", "version"),
        spell=camel,
        once="tunnelId",
    ),
    Row(
        "DnsRecord",
        "dns_records",
        {
            "zoneId": PARENT,
            "name": REQUIRED,
            "type": Field(required=True, replaces=True),
            "ttl": REQUIRED,
            "proxied": Field(default=False),
            "settings": COMPUTED,
            "tags": COMPUTED,
            **_optional("comment content data priority privateRouting"),
        },
        ("commentModifiedOn", "createdOn", "meta", "modifiedOn", "proxiable", "tagsModifiedOn"),
    ),
    Row(
        "ZeroTrustAccessApplication",
        "access/apps",
        {
            "accountId": EITHER_PARENT,
            "zoneId": EITHER_PARENT,
            "type": Field(default="self_hosted"),
            "sessionDuration": COMPUTED,
            "name": COMPUTED,
            "domain": COMPUTED,
            "selfHostedDomains": COMPUTED,
            "destinations": COMPUTED,
            "appLauncherVisible": COMPUTED,
            "autoRedirectToIdentity": COMPUTED,
            "enableBindingCookie": COMPUTED,
            "httpOnlyCookieAttribute": COMPUTED,
            "pathCookieAttribute": COMPUTED,
            **_optional(
                "allowAuthenticateViaWarp allowIframe allowedIdps appLauncherLogoUrl bgColor corsHeaders "
                "customDenyMessage customDenyUrl customNonIdentityDenyUrl customPages footerLinks headerBgColor "
                "landingPageDesign logoUrl optionsPreflightBypass policies readServiceTokensFromHeader saasApp "
                "sameSiteCookieAttribute scimConfig serviceAuth401Redirect skipAppLauncherLoginPage "
                "skipInterstitial tags targetCriterias"
            ),
        },
        ("aud",),
    ),
    Row(
        "ZeroTrustAccessPolicy",
        "access/policies",
        {
            "accountId": PARENT,
            "name": REQUIRED,
            "decision": REQUIRED,
            "sessionDuration": Field(default="24h"),
            **_optional(
                "approvalGroups approvalRequired connectionRules excludes includes isolationRequired mfaConfig "
                "purposeJustificationPrompt purposeJustificationRequired requires"
            ),
        },
        ("appCount", "createdAt", "reusable", "updatedAt"),
    ),
    Row(
        "ZeroTrustAccessServiceToken",
        "access/service_tokens",
        {
            "accountId": EITHER_PARENT,
            "zoneId": EITHER_PARENT,
            "name": REQUIRED,
            "duration": Field(default="8760h"),
            "clientSecretVersion": COMPUTED,
            **_optional("enabled previousClientSecretExpiresAt"),
        },
        ("clientId", "clientSecret", "expiresAt"),
    ),
    Row(
        "Ruleset",
        "rulesets",
        {
            "accountId": EITHER_PARENT,
            "zoneId": EITHER_PARENT,
            "kind": PARENT,
            "name": PARENT,
            "phase": PARENT,
            "description": Field(default=""),
            "rules": OPTIONAL,
        },
        ("lastUpdated", "version"),
    ),
)
SECRET_OUTPUTS = frozenset({"clientSecret", "tunnelSecret"})
JSON_OUTPUTS = frozenset({"meta", "metadata"})
"""Objects of no fixed shape: the SDK has them as a string of JSON."""
