"""How a client on this machine makes sure that it speaks to the platform's own server, and that nobody listens."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from operations.outputs import Outputs
from operations.project import state_folder
from planning.certificates import AUTHORITY, certificate_key


def authority_of(outputs: Outputs, service: str) -> str | None:
    """The certificate (PEM) that verifies a service, or None for one that serves no TLS."""
    authority = outputs.certificates.get(AUTHORITY)
    certified = certificate_key(service, "certificate") in outputs.certificates
    return authority.get_secret_value() if authority and certified else None


def tls_options(outputs: Outputs, service: str) -> dict[str, str]:
    """libpq's parameters for a server; none for one that serves no TLS."""
    authority = authority_of(outputs, service)
    return {"sslmode": "verify-full", "sslrootcert": str(_kept(authority))} if authority else {}


def _kept(certificate: str) -> Path:
    """The file with exactly this certificate: libpq reads files only, and two stacks have two authorities."""
    digest = hashlib.sha256(certificate.encode()).hexdigest()[:16]
    path = state_folder("authorities") / f"{digest}.pem"
    if not path.is_file():
        unfinished = path.with_suffix(f".{os.getpid()}")
        unfinished.write_text(certificate, encoding="utf-8")
        unfinished.replace(path)
    return path
