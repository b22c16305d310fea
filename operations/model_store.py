"""The folder in which one Ollama keeps its models (manifest/paths.go of Ollama): manifests, and blobs by their digest.

Nothing is written under a name that the server reads before it is whole and has its digest.
"""

from __future__ import annotations

import contextlib
import hashlib
import subprocess
from collections.abc import Callable, Iterator
from typing import IO

from operations.failure import Failure
from operations.model_shell import Shell, running
from operations.ollama.deadline import Deadline
from operations.ollama.manifest import Manifest
from operations.ollama.names import blob_path, manifest_path

CHUNK = 1 << 20
FOLDER = 'cd "${OLLAMA_MODELS:-$HOME/.ollama/models}" || exit 1\n'
# macOS has had `shasum` for ever, and `sha256sum` only lately.
SUM = 'sum() { if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -c 1-64; }\n'
READ = FOLDER + 'exec tail -c "+$2" "$1"'
DIGEST = FOLDER + SUM + 'if [ -f "$1" ]; then sum "$1"; fi'
# Beside `blobs` and `manifests`: in there the server would take what is half written for a model.
WRITE = (
    FOLDER
    + SUM
    + """
trap 'rm -f "restoring-$2"' EXIT
umask 022
mkdir -p "$(dirname "$1")" && cat >"restoring-$2" || exit 1
found=$(sum "restoring-$2")
[ "$found" = "$2" ] || { echo "$1 arrived with the digest $found" >&2; exit 1; }
mv -f "restoring-$2" "$1"
"""
)


class ModelStore:
    """Every method raises Failure when the host does not answer, or not before the deadline."""

    def __init__(self, shell: Shell, deadline: Deadline, place: str) -> None:
        self._shell, self._deadline, self._place = shell, deadline, place

    def manifest(self, model: str, digest: str) -> bytes:
        """The bytes of a model's manifest. Raises Failure unless they have that digest."""
        with self.reading(manifest_path(model)) as stream:
            content = stream.read()
        found = hashlib.sha256(content).hexdigest()
        if found != digest:
            cause = f"{model}: the manifest at {self._place} has the digest {found}, its server says {digest}"
            raise Failure(cause, "was it pulled meanwhile? run the same command again")
        return content

    def digest(self, path: str) -> str | None:
        """The sha256 of a file as it is now, worked out where it lies; None when there is none."""
        with self._running(DIGEST, path) as process:
            assert process.stdout  # noqa: S101  (it is a pipe)
            return process.stdout.read().decode().strip() or None

    @contextlib.contextmanager
    def reading(self, path: str, offset: int = 0) -> Iterator[IO[bytes]]:
        """A file's bytes from `offset` on."""
        with self._running(READ, path, str(offset + 1)) as process:
            assert process.stdout  # noqa: S101  (it is a pipe)
            yield process.stdout

    def write(self, path: str, content: IO[bytes], digest: str, show: Callable[[int], None]) -> None:
        """Puts a file in its place once all of it has arrived with that digest; `show` is told of the bytes sent."""
        with self._running(WRITE, path, digest, stdin=subprocess.PIPE) as process:
            assert process.stdin and process.stdout  # noqa: S101  (both are pipes)
            sent = 0
            with contextlib.suppress(BrokenPipeError):  # the script has ended early, and says why
                while chunk := content.read(CHUNK):
                    process.stdin.write(chunk)
                    sent += len(chunk)
                    show(sent)
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
            process.stdout.read()

    def damaged(self, manifest: Manifest) -> list[str]:
        """Paths of blobs that are missing, or whose bytes differ from their name."""
        paths = {blob_path(blob.sha256): blob.sha256 for blob in manifest.blobs}
        return [path for path, digest in paths.items() if self.digest(path) != digest]

    @contextlib.contextmanager
    def _running(
        self, script: str, *arguments: str, stdin: int = subprocess.DEVNULL
    ) -> Iterator[subprocess.Popen[bytes]]:
        try:
            with running(
                self._shell, script, *arguments, seconds=self._deadline.left(self._place), stdin=stdin
            ) as process:
                yield process
        except Failure as failure:
            cause, _, remedy = str(failure).partition("\n    -> ")
            raise Failure(f"{self._place}: {cause}", remedy) from None
