"""What a token may do. Names of scopes are those of Cloudflare's dashboard."""

SCOPES = {
    "cfd_tunnel": "Cloudflare Tunnel: Edit",
    "access/apps": "Access: Apps and Policies: Edit",
    "access/policies": "Access: Apps and Policies: Edit",
    "access/service_tokens": "Access: Service Tokens: Edit",
    "dns_records": "DNS: Edit",
    "rulesets": "Zone WAF: Edit",
}
ALL = frozenset(SCOPES.values())


def needed(kind: str) -> str:
    """The scope that calls of this kind need."""
    return SCOPES[kind]
