"""What a build is given besides the folder: the context archive and the host's own network settings."""

import io
import re
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from toolchain.image_folder import ImageFolder

CERTIFICATES_FOLDER = "host-certificates"
PROXIES = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
REGISTRIES = (
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
    "PIP_TRUSTED_HOST",
    "GOPROXY",
    "GOSUMDB",
    "GONOSUMDB",
    "NPM_CONFIG_REGISTRY",
)
DECLARED = re.compile(r"^\s*ARG\s+([A-Za-z_][A-Za-z0-9_]*)", re.MULTILINE)


class CredentialInBuild(Exception):
    """A registry address carries a password, which a build would keep in the image's history."""


def host_arguments(dockerfile: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Build arguments taken from the host: proxies (the engine keeps them out of the image) and those registry
    settings that the Dockerfile declares. Raises CredentialInBuild when such a setting holds a password.
    """
    arguments = {name: environment[name] for name in PROXIES if environment.get(name)}
    for name in REGISTRIES:
        value = environment.get(name)
        if not value or name not in DECLARED.findall(dockerfile):
            continue
        if any(urlsplit(part).password or urlsplit(part).username for part in re.split(r"[\s,|]+", value)):
            raise CredentialInBuild(
                f"{name} holds a user or password, which would stay in the image's history:"
                " use a proxy or mirror that needs none for builds"
            )
        arguments[name] = value
    return arguments


def context_archive(folder: ImageFolder, certificates: Mapping[str, bytes]) -> io.BytesIO:
    """The build context as a tar: the folder's files, and `host-certificates/` (maybe empty) where asked for.

    Owners, times and all modes but the executable bit are fixed, so the engine's layer cache holds across checkouts.
    """
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for name, path in folder.files():
            _add(tar, name, path.read_bytes(), executable=_is_executable(path))
        if folder.host_certificates:
            directory = tarfile.TarInfo(CERTIFICATES_FOLDER)
            directory.type, directory.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(directory)
            _add_all(tar, ((f"{CERTIFICATES_FOLDER}/{name}", data) for name, data in sorted(certificates.items())))
    archive.seek(0)
    return archive


def _add_all(tar: tarfile.TarFile, files: Iterable[tuple[str, bytes]]) -> None:
    for name, content in files:
        _add(tar, name, content, executable=False)


def _add(tar: tarfile.TarFile, name: str, content: bytes, executable: bool) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o755 if executable else 0o644
    tar.addfile(entry, io.BytesIO(content))


def _is_executable(path: Path) -> bool:
    return bool(path.stat().st_mode & 0o100)
