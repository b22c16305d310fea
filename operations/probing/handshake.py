"""Certificates as they are served: the handshake, and what the date in it means.

Loading the library takes longer than all probes together: operations/probing/sweep.py does so where it is needed.
"""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography.exceptions import InvalidSignature
from cryptography.x509 import Certificate as Shown
from cryptography.x509 import load_der_x509_certificate, load_pem_x509_certificate

from operations.probing.endpoint import Certificate, Endpoint
from operations.probing.verdict import Finding, State

# Postgres manual: 53.7 message formats, SSLRequest.
SSL_REQUEST = bytes.fromhex("00000008 04d2162f")
AGREED = b"S"


@cache
def _any_certificate() -> ssl.SSLContext:
    """What is served is looked at here: a handshake that verifies it could not say until when it was valid."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


async def look(endpoint: Endpoint, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Finding:
    """Shakes hands over an open connection and says how long the certificate lasts; closes the connection."""
    assert endpoint.certificate  # noqa: S101  (with_certificates makes no such row without one)
    try:
        if endpoint.starts_tls:
            writer.write(SSL_REQUEST)
            if (answer := await reader.read(1)) != AGREED:
                return Finding(State.UNHEALTHY, f"serves no TLS: answered {answer!r} to the request for it")
        await writer.start_tls(_any_certificate(), server_hostname=endpoint.certificate.name)
        served = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        return judged(endpoint.certificate, served, datetime.now(UTC))
    except ValueError as fault:  # OpenSSL takes certificates that the library does not
        return Finding(State.UNHEALTHY, f"shows a certificate that cannot be read: {fault}")
    finally:
        writer.transport.abort()


def judged(wanted: Certificate, served: bytes, now: datetime) -> Finding:
    """What the certificate (DER) means for clients: the worst first."""
    shown = load_der_x509_certificate(served)
    ends, left = shown.not_valid_after_utc, shown.not_valid_after_utc - now
    if left <= timedelta():
        return Finding(State.UNHEALTHY, f"expired on {ends:%Y-%m-%d %H:%M} UTC: {wanted.remedy}")
    if wanted.authority and not _is_of(load_pem_x509_certificate(wanted.authority.encode()), shown):
        return Finding(State.UNHEALTHY, f"is not of the environment's authority, clients refuse it: {wanted.remedy}")
    if now < shown.not_valid_before_utc:
        begins = f"{shown.not_valid_before_utc:%Y-%m-%d %H:%M}"
        return Finding(State.UNHEALTHY, f"is not valid before {begins} UTC: look at the clocks of both machines")
    until = f"{ends:%Y-%m-%d}, {left.days} days left"
    if wanted.issued:
        last = load_pem_x509_certificate(wanted.issued.encode())
        # One that is newer was issued from another checkout.
        if last.not_valid_before_utc > shown.not_valid_before_utc:
            since = f"{last.not_valid_before_utc:%Y-%m-%d}"
            return Finding(
                State.DEGRADED, f"still the old one, until {until}; another was issued on {since}: {wanted.remedy}"
            )
    if left < timedelta(days=wanted.renew_days):
        return Finding(State.DEGRADED, f"until {until}, is due to be issued anew: {wanted.remedy}")
    return Finding(State.HEALTHY, f"until {until}")


def _is_of(authority: Shown, shown: Shown) -> bool:
    try:
        shown.verify_directly_issued_by(authority)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True
