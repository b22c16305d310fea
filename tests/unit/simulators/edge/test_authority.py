"""The edge's authority is made once, kept private, and vouches for the zone alone."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from simulators.cloudflare.edge.authority import CERTIFICATE, KEY, tls_context

DOMAINS = ["dev.test", "dev.cloudflareaccess.com"]


def shake_hands(server: ssl.SSLContext, trusted: Path, name: str) -> None:
    """Raises ssl.SSLCertVerificationError where a visitor would turn back."""
    client = ssl.create_default_context(cafile=str(trusted))
    bios = ssl.MemoryBIO(), ssl.MemoryBIO()
    visitor = client.wrap_bio(bios[0], bios[1], server_hostname=name)
    edge = server.wrap_bio(bios[1], bios[0], server_side=True)
    for _ in range(4):
        for side in (visitor, edge):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue


def test_visitors_who_trust_it_reach_the_zone_and_the_team_and_no_other_name(tmp_path: Path) -> None:
    context = tls_context(tmp_path, DOMAINS)
    for name in ("dev.test", "chat.dev.test", "dev.cloudflareaccess.com"):
        shake_hands(context, tmp_path / CERTIFICATE, name)
    for name in ("a.chat.dev.test", "bank.test"):
        with pytest.raises(ssl.SSLCertVerificationError):
            shake_hands(context, tmp_path / CERTIFICATE, name)


def test_it_outlives_the_process_and_its_key_is_private(tmp_path: Path) -> None:
    tls_context(tmp_path, DOMAINS)
    trusted = tmp_path.with_name("trusted.pem")
    trusted.write_bytes((tmp_path / CERTIFICATE).read_bytes())
    shake_hands(tls_context(tmp_path, DOMAINS), trusted, "chat.dev.test")
    assert (tmp_path / KEY).stat().st_mode & 0o777 == 0o600


def test_it_can_vouch_for_no_other_name_even_if_its_key_is_stolen(tmp_path: Path) -> None:
    tls_context(tmp_path, DOMAINS)
    stolen = tls_context(tmp_path, ["bank.test"])
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        shake_hands(stolen, tmp_path / CERTIFICATE, "bank.test")
