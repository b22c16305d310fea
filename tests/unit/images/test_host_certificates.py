"""The host's own certificate authorities are found, the public ones are left out."""

from pathlib import Path

import pytest

from toolchain import host_certificates as module


def certificate(body: str) -> str:
    return f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("local", "distribution"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(module, "LOCAL_FOLDER", tmp_path / "local")
    monkeypatch.setattr(module, "DISTRIBUTION_FOLDER", tmp_path / "distribution")
    for variable in module.BUNDLE_VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    return tmp_path


def test_a_host_without_own_authorities_has_none(host: Path) -> None:
    (host / "distribution" / "public.crt").write_text(certificate("public"))
    assert module.host_certificates() == {}


def test_an_authority_in_the_local_folder_and_in_the_bundle_comes_once(
    host: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (host / "distribution" / "public.crt").write_text(certificate("public"))
    (host / "local" / "own.crt").write_text(certificate("own"))
    bundle = host / "bundle.pem"
    bundle.write_text(certificate("public") + certificate("own") + certificate("other"))
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    found = b"".join(module.host_certificates().values()).decode()
    assert found.count("BEGIN") == 2
    assert "public" not in found


def test_a_whole_public_bundle_is_left_out_where_nothing_tells_it_apart(
    host: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = host / "bundle.pem"
    bundle.write_text("".join(certificate(f"public{number}") for number in range(module.FEW + 1)))
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    assert module.host_certificates() == {}


def test_names_follow_the_content(host: Path) -> None:
    (host / "local" / "a.crt").write_text(certificate("own"))
    first = module.host_certificates()
    (host / "local" / "a.crt").rename(host / "local" / "b.crt")
    assert module.host_certificates() == first
