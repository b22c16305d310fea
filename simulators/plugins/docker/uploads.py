"""Files that are put into a container between its creation and its start. Contents never appear in errors."""

import base64
import binascii
import io
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

from providers.common.errors import PluginError
from providers.common.schema import Failure
from providers.common.secrets import contains_unknown
from providers.common.values import Properties

_SOURCES = ("content", "contentBase64", "source")


def upload_failures(uploads: list[Properties]) -> Iterator[Failure]:
    """Uploads without exactly one content, and permissions that are no octal number."""
    for position, upload in enumerate(uploads):
        path = f"uploads[{position}]"
        given = [name for name in _SOURCES if upload.get(name)]
        if len(given) != 1:
            yield Failure(path, f"needs exactly one of {', '.join(_SOURCES)}; it has {', '.join(given) or 'none'}")
        permissions = upload.get("permissions")
        if isinstance(permissions, str) and not _is_octal(permissions):
            yield Failure(f"{path}.permissions", f"{permissions!r} is no octal file mode like 0444")
        encoded = upload.get("contentBase64")
        if encoded and not contains_unknown(encoded) and _decoded(encoded) is None:
            yield Failure(f"{path}.contentBase64", "is not base64")


def archive(upload: Properties) -> bytes:
    """A tar archive with the file of one upload. Raises `PluginError` where its source cannot be read."""
    content = _content(upload)
    member = tarfile.TarInfo(upload["file"])
    member.size = len(content)
    member.mode = _mode(upload)
    member.mtime = int(time.time())
    member.uid, member.uname = _owner(upload.get("owner"))
    member.gid, member.gname = _owner(upload.get("group"))
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def _content(upload: Properties) -> bytes:
    if source := upload.get("source"):
        try:
            return Path(source).read_bytes()
        except OSError as error:
            raise PluginError(f"upload of {upload['file']}: could not read file {source}: {error.strerror}") from error
    if encoded := upload.get("contentBase64"):
        return _decoded(encoded) or b""
    return str(upload.get("content", "")).encode()


def _mode(upload: Properties) -> int:
    if upload.get("permissions"):
        return int(upload["permissions"], 8)
    return 0o744 if upload.get("executable") else 0o644


def _owner(given: str | None) -> tuple[int, str]:
    """Number and name: the engine unpacks by number, so a name alone leaves the file to root."""
    if given is None:
        return 0, ""
    return (int(given), "") if given.isdecimal() else (0, given)


def _is_octal(text: str) -> bool:
    return bool(text) and set(text) <= set("01234567")


def _decoded(encoded: str) -> bytes | None:
    try:
        return base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return None
