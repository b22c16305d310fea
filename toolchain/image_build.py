"""Gets one image into the engine: pulls it, builds its folder, or imports the root filesystem its script makes."""

import os
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
from docker.errors import DockerException

from toolchain.build_context import context_archive, host_arguments
from toolchain.debian_packages import PackagesMissing, ensure_program
from toolchain.image_folder import ROOTFS_SCRIPT
from toolchain.image_plan import PlannedImage
from toolchain.places import cache

Report = Callable[[str], None]
ROOTFS_DEADLINE_S = 1200
LABEL = "ai-platform.image"


class ImageFailed(Exception):
    """One image could not be had; the text is the cause, the log holds all that was said."""


@dataclass(frozen=True)
class ImageBuild:
    """The making of one image. `log` receives everything said, `report` a line for each step.

    resolved: reference of each image this one needs. certificates: the host's own, for folders that ask for them.
    """

    client: docker.DockerClient
    image: PlannedImage
    resolved: Mapping[str, str]
    certificates: Mapping[str, bytes]
    log: Path
    report: Report

    def run(self) -> None:
        """Makes the image available under its reference. Raises ImageFailed with the cause.

        The engine's silence for longer than the client's deadline counts as failure.
        """
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.log.write_text("")
        try:
            if self.image.pulled:
                self._pull()
            elif self.image.folder.is_rootfs:
                self._import_rootfs()
            else:
                self._build()
        except (DockerException, PackagesMissing, OSError, subprocess.SubprocessError) as error:
            self._note(f"{type(error).__name__}: {error}")
            raise ImageFailed(str(error)) from error

    def _pull(self) -> None:
        self.report(f"pulling {self.image.reference}")
        self._follow(self.client.api.pull(self.image.reference, stream=True, decode=True))

    def _build(self) -> None:
        folder = self.image.folder
        arguments = {argument: self.resolved[name] for argument, name in folder.arguments.items()}
        arguments.update(host_arguments((folder.path / "Dockerfile").read_text(), os.environ))
        stream = self.client.api.build(
            fileobj=context_archive(folder, self.certificates),
            custom_context=True,
            tag=self.image.reference,
            buildargs=arguments,
            labels={LABEL: self.image.name},
            network_mode="host",
            rm=True,
            forcerm=True,
            decode=True,
        )
        self._follow(stream)

    def _import_rootfs(self) -> None:
        ensure_program("debootstrap", ["debootstrap"])
        self.report("making a minimal Debian root filesystem")
        work = cache() / "rootfs"
        with self.log.open("a") as lines:
            command = ["sh", str(self.image.folder.path / ROOTFS_SCRIPT), str(work)]
            subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=lines,
                stderr=subprocess.STDOUT,
                timeout=ROOTFS_DEADLINE_S,
                check=True,
            )
        archive = work / "rootfs.tar"
        repository, tag = self.image.reference.rsplit(":", 1)
        self._note(self.client.api.import_image_from_file(str(archive), repository=repository, tag=tag))
        archive.unlink()

    def _follow(self, stream: Iterable[Mapping[str, Any]]) -> None:
        """Copies the engine's answer to the log, reports its steps, raises ImageFailed on an error line."""
        for entry in stream:
            if "error" in entry:
                self._note(str(entry["error"]))
                raise ImageFailed(str(entry["error"]).strip())
            # A pull repeats its status with every chunk; only the turns without byte counts are worth a line.
            text = str(entry.get("stream") or ("" if entry.get("progressDetail") else entry.get("status")) or "")
            if text.strip():
                self._note(text)
            if text.startswith("Step "):
                self.report(" ".join(text.split())[:100])

    def _note(self, text: str) -> None:
        with self.log.open("a") as lines:
            lines.write(text if text.endswith("\n") else f"{text}\n")
