"""A Linux image made of a few commands of this machine, so that no registry is needed."""

import io
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_COMMANDS = ("/bin/sh", "/bin/sleep", "/bin/cat", "/bin/ls", "/bin/test", "/bin/touch")


def docker(*arguments: str) -> str:
    """Run the Docker command line and give what it printed."""
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()


@contextmanager
def imported(name: str, prefix: str) -> Iterator[str]:
    """The image by this name; at the end it goes, with all containers, networks and volumes of this prefix."""
    yield tiny_image(name)
    for identifier in docker("ps", "-aq", "--filter", f"name={prefix}").split():
        docker("rm", "-f", identifier)
    for kind in ("network", "volume"):
        for identifier in docker(kind, "ls", "-q", "--filter", f"name={prefix}").split():
            docker(kind, "rm", identifier)
    docker("rmi", "-f", name)


def tiny_image(name: str) -> str:
    """Import it under this name; the image's id."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for command in _COMMANDS:
            path = Path(command) if Path(command).exists() else Path("/usr/bin") / Path(command).name
            _add(tar, str(path.resolve()), command)
            for library in _libraries(path):
                _add(tar, str(Path(library).resolve()), library)
    done = subprocess.run(["docker", "import", "-", name], input=packed.getvalue(), capture_output=True, check=True)
    return done.stdout.decode().strip()


def _libraries(command: Path) -> list[str]:
    listed = subprocess.run(["ldd", command], capture_output=True, text=True, check=True).stdout
    return [word for line in listed.splitlines() for word in line.split() if word.startswith("/")]


def _add(tar: tarfile.TarFile, source: str, name: str) -> None:
    if name.lstrip("/") not in tar.getnames():
        tar.add(source, arcname=name)
