"""Keys and certificates (X.509, EC P-256). Pure but for the randomness of keys and serial numbers."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from providers.certificates.plugin.names import LONGEST_COMMON_NAME

CLOCKS_DIFFER: Final = timedelta(hours=1)
"""A certificate is valid this long before it is made: clocks of machines in one office differ."""
_USAGES: Final = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate and its key, both PEM; `expires` has whole seconds."""

    certificate: str
    key: str = field(repr=False)
    serial: int
    expires: datetime


def new_key() -> str:
    """A private key, PEM."""
    return _pem(ec.generate_private_key(ec.SECP256R1()))


def authority(key: str, common_name: str, now: datetime, days: int) -> Issued:
    """The certificate of an authority that certifies servers but no further authority.

    Made again with the same key and name, the old and the new one verify the same certificates.
    """
    private, start = _private(key), now.replace(microsecond=0)
    name = _name(common_name)
    identifier = x509.SubjectKeyIdentifier.from_public_key(private.public_key())
    expires = start + timedelta(days=days)
    builder = _builder(name, name, private.public_key(), start, expires)
    made = (
        builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
        .add_extension(identifier, critical=False)
        .sign(private, hashes.SHA256())
    )
    return Issued(_text(made), key, made.serial_number, expires)


def server(authority_certificate: str, authority_key: str, names: Sequence[str], now: datetime, days: int) -> Issued:
    """A server's certificate with a key of its own. It ends with the authority's at the latest."""
    issuer = x509.load_pem_x509_certificate(authority_certificate.encode())
    start = now.replace(microsecond=0)
    expires = min(start + timedelta(days=days), issuer.not_valid_after_utc)
    key = ec.generate_private_key(ec.SECP256R1())
    parent = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    builder = _builder(_name(names[0]), issuer.subject, key.public_key(), start, expires)
    made = (
        builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage("digital_signature"), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([general_name(each) for each in names]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(parent), critical=False)
        .sign(_private(authority_key), hashes.SHA256())
    )
    return Issued(_text(made), _pem(key), made.serial_number, expires)


def general_name(name: str) -> x509.GeneralName:
    """An address or a DNS name. Raises ValueError for a name outside ASCII."""
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, start: datetime, expires: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(start, expires) - CLOCKS_DIFFER)
        .not_valid_after(expires)
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:LONGEST_COMMON_NAME])])


def _usage(*allowed: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{usage: usage in allowed for usage in _USAGES})


def _private(pem: str) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"an authority's key is an EC key, not {type(key).__name__}")
    return key


def _pem(key: ec.EllipticCurvePrivateKey) -> str:
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, serialization.NoEncryption()).decode()


def _text(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
