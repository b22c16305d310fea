"""Gets the Pulumi CLI into the cache: the official archive where its site answers, else a build of its module."""

import fcntl
import platform
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from toolchain.long_command import Report
from toolchain.official_site import SITE, official_site_answers
from toolchain.places import cache
from toolchain.pulumi_build import build_cli
from toolchain.pulumi_cli import VERSION, Cli, CliMissing, cached_cli, cli_version, find_cli, required_cli

CONNECT_S = 10
SILENCE_S = 60


def ensure_cli(report: Report) -> Cli:
    """The CLI, installed if there is none. Raises CliMissing, or CommandFailed when the build fails."""
    found = find_cli()
    if found is not None:
        return found
    with _one_at_a_time(report):
        if not cached_cli().exists():
            _install(report)
    return required_cli()


def _install(report: Report) -> None:
    target = cached_cli().parent
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="new-") as folder:
        new = Path(folder) / "pulumi"
        new.mkdir()
        if official_site_answers():
            report(f"Pulumi CLI {VERSION}: downloading it from {SITE}")
            _download(Path(folder))
        else:
            report(f"Pulumi CLI {VERSION}: {SITE} does not answer, building it from its Go module")
            build_cli(VERSION, new / "pulumi", report)
        told = ".".join(map(str, cli_version(new / "pulumi")))
        if told != VERSION:
            raise CliMissing(f"the new Pulumi CLI tells version {told or 'none'} instead of {VERSION}")
        shutil.rmtree(target, ignore_errors=True)
        new.rename(target)


def _download(folder: Path) -> None:
    """Unpacks the official archive, which holds one folder `pulumi`, into `folder`."""
    machine = "arm64" if platform.machine() in ("arm64", "aarch64") else "x64"
    url = f"{SITE}/releases/sdk/pulumi-v{VERSION}-{platform.system().lower()}-{machine}.tar.gz"
    try:
        with requests.get(url, stream=True, timeout=(CONNECT_S, SILENCE_S)) as answer:
            answer.raise_for_status()
            with tarfile.open(fileobj=answer.raw, mode="r|gz") as archive:
                archive.extractall(folder, filter="data")
    except (requests.RequestException, tarfile.TarError, OSError) as error:
        raise CliMissing(f"downloading {url} failed: {error}; run again: python -m toolchain.setup") from error


@contextmanager
def _one_at_a_time(report: Report) -> Iterator[None]:
    """One run at a time installs the CLI; the others wait for it and then find it."""
    with (cache() / "pulumi.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report("Pulumi CLI: another run is installing it, waiting for that one")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
