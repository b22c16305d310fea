"""What is issued: read back and verified as a client does."""

import ipaddress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, ServerVerifier, Store, VerificationError

from providers.certificates.plugin import issuing

NOW = datetime(2026, 3, 1, 12, 30, 45, 678, UTC)


def verifier(authority: str, name: x509.DNSName | x509.IPAddress, at: datetime = NOW) -> ServerVerifier:
    store = Store([x509.load_pem_x509_certificate(authority.encode())])
    return PolicyBuilder().store(store).time(at.replace(tzinfo=None)).build_server_verifier(name)


def loaded(issued: issuing.Issued) -> x509.Certificate:
    return x509.load_pem_x509_certificate(issued.certificate.encode())


@pytest.fixture(scope="module")
def authority() -> issuing.Issued:
    return issuing.authority(issuing.new_key(), "ai-platform dev", NOW, 3650)


@pytest.fixture(scope="module")
def server(authority: issuing.Issued) -> issuing.Issued:
    return issuing.server(authority.certificate, authority.key, ["postgres", "10.0.0.5", "*.dev.internal"], NOW, 365)


@pytest.mark.parametrize(
    "name",
    [
        x509.DNSName("postgres"),
        x509.IPAddress(ipaddress.ip_address("10.0.0.5")),
        x509.DNSName("chat.dev.internal"),
    ],
)
def test_a_strict_client_takes_each_name(
    authority: issuing.Issued, server: issuing.Issued, name: x509.DNSName | x509.IPAddress
) -> None:
    assert verifier(authority.certificate, name).verify(loaded(server), [])


def test_other_names_other_authorities_and_other_times_are_refused(
    authority: issuing.Issued, server: issuing.Issued
) -> None:
    name = x509.DNSName("postgres")
    stranger = issuing.authority(issuing.new_key(), "ai-platform dev", NOW, 3650)
    for refusing in (
        verifier(authority.certificate, x509.DNSName("redis")),
        verifier(stranger.certificate, name),
        verifier(authority.certificate, name, NOW + timedelta(days=365, seconds=1)),
        verifier(authority.certificate, name, NOW - timedelta(hours=2)),
    ):
        with pytest.raises(VerificationError):
            refusing.verify(loaded(server), [])


def test_a_renewed_authority_and_the_old_one_verify_what_either_certified(authority: issuing.Issued) -> None:
    later = NOW + timedelta(days=3000)
    renewed = issuing.authority(authority.key, "ai-platform dev", later, 3650)
    for trusted in (authority, renewed):
        for signing in (authority, renewed):
            leaf = issuing.server(signing.certificate, signing.key, ["postgres"], later, 365)
            assert verifier(trusted.certificate, x509.DNSName("postgres"), later).verify(loaded(leaf), [])


def test_a_certificate_ends_with_its_authority_at_the_latest(authority: issuing.Issued) -> None:
    leaf = issuing.server(authority.certificate, authority.key, ["postgres"], NOW + timedelta(days=3600), 365)
    assert leaf.expires == authority.expires == loaded(leaf).not_valid_after_utc


def test_an_authority_certifies_no_further_authority(authority: issuing.Issued, server: issuing.Issued) -> None:
    assert loaded(authority).extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0
    assert not loaded(server).extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_no_key_is_shown_by_accident(server: issuing.Issued) -> None:
    assert "PRIVATE" not in repr(server)
