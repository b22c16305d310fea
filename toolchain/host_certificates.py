"""The certificate authorities this host trusts beyond Debian's own, so that builds reach what the host reaches."""

import hashlib
import os
import re
from pathlib import Path

LOCAL_FOLDER = Path("/usr/local/share/ca-certificates")
DISTRIBUTION_FOLDER = Path("/usr/share/ca-certificates")
BUNDLE_VARIABLES = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
FEW = 20


def host_certificates() -> dict[str, bytes]:
    """File name -> PEM of each extra authority: the local folder, and bundles the usual variables name.

    A bundle that repeats a public authorities list is reduced to what the distribution does not ship. Without
    the distribution's list to compare with, a large bundle is taken for such a list and left out.
    """
    known = {_compact(text) for path in _files(DISTRIBUTION_FOLDER) for text in _certificates(path)}
    extra: dict[str, str] = {}
    for path in _files(LOCAL_FOLDER):
        extra.update({_compact(text): text for text in _certificates(path)})
    for variable in BUNDLE_VARIABLES:
        bundle = Path(os.environ.get(variable, ""))
        found = _certificates(bundle) if bundle.is_file() else []
        if known or len(found) <= FEW:
            extra.update({_compact(text): text for text in found})
    return {
        f"host-{hashlib.sha256(compact.encode()).hexdigest()[:12]}.crt": f"{text}\n".encode()
        for compact, text in sorted(extra.items())
        if compact not in known
    }


def _files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.crt")) if folder.is_dir() else []


def _certificates(path: Path) -> list[str]:
    return CERTIFICATE.findall(path.read_text(errors="replace"))


def _compact(certificate: str) -> str:
    return "".join(certificate.split())
