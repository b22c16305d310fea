"""Tells the connectors of a tunnel to go, so that Cloudflare lets it be deleted. Changes nothing else."""

from __future__ import annotations

import sys

from pydantic import BaseModel

from operations.edge.account import CloudflareAccount
from operations.failure import guarded
from operations.stdin_spec import read_spec


class DisconnectSpec(BaseModel):
    """What standard input holds; see components/tunnel.py."""

    account_id: str
    tunnel_id: str
    token: str
    base_url: str = ""


def main() -> int:
    return guarded(lambda: disconnect(read_spec(DisconnectSpec)))


def disconnect(spec: DisconnectSpec) -> None:
    """Raises Failure when Cloudflare does not answer or refuses."""
    CloudflareAccount(spec.account_id, "", spec.token, spec.base_url).disconnect(spec.tunnel_id)
    print("the tunnel's connectors are told to go")


if __name__ == "__main__":
    sys.exit(main())
