"""What the local engine holds, and whether it can reach the registries that official images come from."""

import sys
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import docker
from docker.errors import DockerException

from toolchain.image_plan import PlannedImage

SILENCE_S = 1800
PROBE_S = 5


def engine_client() -> docker.DockerClient:
    """A client whose calls end: it gives up when the engine says nothing for 30 minutes."""
    return docker.from_env(timeout=SILENCE_S)


def present_references(client: docker.DockerClient, references: Iterable[str]) -> set[str]:
    """Which of the references the engine already holds, in one listing."""
    held: set[str] = set()
    for image in client.api.images():
        held.update(image.get("RepoTags") or [])
        held.update(image.get("RepoDigests") or [])
    return {reference for reference in references if listed_name(reference) in held}


def listed_name(reference: str) -> str:
    """A reference as the engine lists it: without the default registry, and by digest without a tag."""
    name, _, digest = reference.partition("@")
    name = name.removeprefix("docker.io/").removeprefix("library/")
    if not digest:
        return name
    head, slash, last = name.rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}@{digest}"


def registries_answer(plan: Mapping[str, PlannedImage]) -> bool:
    """Whether the engine can look up one pinned image in every registry the plan pulls from, within 5 seconds."""
    one_each = {image.reference.partition("/")[0]: image.reference for image in plan.values() if image.pulled}
    with ThreadPoolExecutor(max(len(one_each), 1)) as pool:
        return all(list(pool.map(_answers, one_each.values())))


def _answers(reference: str) -> bool:
    try:
        with closing(docker.from_env(timeout=PROBE_S)) as client:
            client.api.inspect_distribution(reference)  # type: ignore[no-untyped-call]
    except (DockerException, OSError) as error:
        cause = str(getattr(error, "explanation", None) or error)
        print(f"{reference.partition('/')[0]} does not answer ({cause[:160]})", file=sys.stderr, flush=True)
        return False
    return True
