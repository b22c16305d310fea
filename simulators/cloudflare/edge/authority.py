"""The edge's certificate authority, made once, and the certificate of its listener."""

import datetime
import ssl
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from simulators.daemon import write_private

CERTIFICATE, KEY, SERVED = "ca.pem", "ca-key.pem", "edge.pem"
YEARS = 10


def tls_context(folder: Path, domains: Sequence[str]) -> ssl.SSLContext:
    """For a listener at these domains and one level below them, as the real edge's certificates are.

    Makes the authority in `folder` if it has none. It can vouch for these domains alone, so trusting it risks no other.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (folder / CERTIFICATE).exists():
        _make_authority(folder, domains)
    certificate = x509.load_pem_x509_certificate((folder / CERTIFICATE).read_bytes())
    key = serialization.load_pem_private_key((folder / KEY).read_bytes(), None)
    if not isinstance(key, EllipticCurvePrivateKey):
        raise TypeError(f"{folder / KEY} holds no key of ours: remove {folder} and start again")
    own = generate_private_key(SECP256R1())
    names = [name for domain in domains for name in (domain, f"*.{domain}")]
    served = (
        _builder("simulated edge", certificate.subject, own, 1)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    write_private(folder / SERVED, (_pem(own) + served.public_bytes(serialization.Encoding.PEM)).decode())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / SERVED)
    return context


def _make_authority(folder: Path, domains: Sequence[str]) -> None:
    key = generate_private_key(SECP256R1())
    name = _name("simulated edge: authority of this checkout")
    made = (
        _builder("simulated edge: authority of this checkout", name, key, YEARS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.NameConstraints([x509.DNSName(one) for one in domains], None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False,
                key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    write_private(folder / KEY, _pem(key).decode())
    (folder / CERTIFICATE).write_bytes(made.public_bytes(serialization.Encoding.PEM))


def _builder(subject: str, issuer: x509.Name, key: EllipticCurvePrivateKey, years: int) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=365 * years))
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(key: EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
