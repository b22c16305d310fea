"""What two engines say about an image, so that one can tell whether both hold the same and what is missing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from operations.docker_cli import DockerCli
from operations.failure import Failure

CONTAINERD = "io.containerd.snapshotter"
"""In an engine's driver status: its image store takes no archive that leaves layers out, whatever it holds."""
RUN_SETTINGS = ("Env", "Cmd", "Entrypoint", "User", "WorkingDir", "Labels")


@dataclass(frozen=True, kw_only=True)
class ImageFacts:
    """`layers` are digests of unpacked layers, lowest first; `size` is their bytes; `platform` is os/architecture."""

    identifier: str
    platform: str
    layers: tuple[str, ...]
    size: int
    content: str

    def same_as(self, other: ImageFacts | None) -> bool:
        """Whether both are one image. Engines with different image stores give one image two identifiers."""
        return other is not None and (self.identifier == other.identifier or self.content == other.content)


def image_facts(docker: DockerCli, image: str) -> ImageFacts | None:
    """None where the engine does not have the image. Raises Failure when the engine cannot say."""
    done = docker.attempt("image", "inspect", image)
    if done.returncode == 0:
        (found,) = json.loads(done.stdout)
        return _facts(found)
    said = done.stderr.decode(errors="replace").strip()
    if "no such image" in said.lower():
        return None
    raise Failure(f"{docker.place} cannot say whether it has {image}: {said}", f"{docker.command} info")


def _facts(found: dict[str, Any]) -> ImageFacts:
    settings = {key: found["Config"].get(key) or None for key in RUN_SETTINGS}
    platform, layers = f"{found['Os']}/{found['Architecture']}", found["RootFS"].get("Layers") or []
    content = json.dumps([found["Created"], platform, layers, settings], sort_keys=True)
    return ImageFacts(
        identifier=found["Id"], platform=platform, layers=tuple(layers), size=found["Size"], content=content
    )


def require_platform(docker: DockerCli, image: str, facts: ImageFacts) -> None:
    """Raises Failure where the engine's processor or system is not the one that the image was built for."""
    runs = docker.run("version", "--format", "{{.Server.Os}}/{{.Server.Arch}}").strip()
    if runs != facts.platform:
        raise Failure(
            f"{image} is built for {facts.platform}, and the engine at {docker.place} runs {runs}",
            f"run `make images` and the same command on a machine with {runs}, or name an image that is built for it: "
            "services.<name>.image",
        )


def layers_held(docker: DockerCli, wanted: tuple[str, ...]) -> int:
    """How many of the lowest layers the engine has, in any of its images."""
    if CONTAINERD in docker.run("info", "--format", "{{json .DriverStatus}}"):
        return 0
    identifiers = docker.run("image", "ls", "--all", "--quiet", "--no-trunc").split()
    if not identifiers:
        return 0
    # An image that goes in this moment is an error of the command, and the others are listed all the same.
    listed = docker.attempt("image", "inspect", "--format", "{{json .RootFS.Layers}}", *sorted(set(identifiers)))
    return max((_shared(json.loads(line) or [], wanted) for line in listed.stdout.splitlines() if line), default=0)


def _shared(layers: list[str], wanted: tuple[str, ...]) -> int:
    pairs = zip(layers, wanted, strict=False)
    return next((at for at, (held, asked) in enumerate(pairs) if held != asked), min(len(layers), len(wanted)))
