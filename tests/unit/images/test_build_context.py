"""What a build is given: a context that does not vary, and no credential."""

import tarfile
from pathlib import Path

import pytest

from toolchain.build_context import CredentialInBuild, context_archive, host_arguments
from toolchain.image_folder import read_folder

DOCKERFILE = "ARG BASE\nFROM ${BASE}\nARG PIP_INDEX_URL\nARG GOPROXY=direct\n"


def test_only_declared_registry_settings_are_handed_over() -> None:
    environment = {"PIP_INDEX_URL": "https://mirror/simple", "GOSUMDB": "off", "HOME": "/x"}
    assert host_arguments(DOCKERFILE, environment) == {"PIP_INDEX_URL": "https://mirror/simple"}


def test_proxies_are_handed_over_undeclared() -> None:
    assert host_arguments("FROM x\n", {"https_proxy": "http://proxy:3128"}) == {"https_proxy": "http://proxy:3128"}


@pytest.mark.parametrize(
    "value", ["https://user:pass@registry.internal/simple", "https://token@registry.internal/simple"]
)
def test_a_registry_address_with_a_credential_is_refused_without_repeating_it(value: str) -> None:
    with pytest.raises(CredentialInBuild, match="PIP_INDEX_URL holds a user or password") as refused:
        host_arguments(DOCKERFILE, {"PIP_INDEX_URL": value})
    assert "internal" not in str(refused.value)


def test_a_credential_hidden_in_a_list_of_proxies_is_refused() -> None:
    with pytest.raises(CredentialInBuild):
        host_arguments(DOCKERFILE, {"GOPROXY": "https://plain,https://user:pass@secret|direct"})


def test_the_archive_is_the_same_for_the_same_files(tmp_path: Path) -> None:
    folder = tmp_path / "thing"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM scratch\n")
    (folder / "image.json").write_text('{"host_certificates": true}')
    (folder / "start.sh").write_text("exit 0\n")
    (folder / "start.sh").chmod(0o700)
    image = read_folder(folder, ours=True)
    first = context_archive(image, {"host.crt": b"PEM"}).getvalue()
    (folder / "Dockerfile").touch()
    archive = context_archive(image, {"host.crt": b"PEM"})
    assert archive.getvalue() == first
    with tarfile.open(fileobj=archive) as tar:
        modes = {member.name: member.mode for member in tar}
    assert modes == {
        "Dockerfile": 0o644,
        "start.sh": 0o755,
        "host-certificates": 0o755,
        "host-certificates/host.crt": 0o644,
    }


def test_the_certificates_folder_is_there_though_empty(tmp_path: Path) -> None:
    folder = tmp_path / "thing"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM scratch\n")
    (folder / "image.json").write_text('{"host_certificates": true}')
    with tarfile.open(fileobj=context_archive(read_folder(folder, ours=True), {})) as tar:
        assert "host-certificates" in tar.getnames()
