"""Images of a daemon: found locally, or pulled."""

from typing import Any

from simulators.plugins.docker.daemon import Daemon, DaemonError


def find_image(daemon: Daemon, name: str) -> dict[str, Any] | None:
    """What `docker image inspect` tells of a name, digest or id; `None` where the daemon does not have it."""
    try:
        with daemon.doing(f"look for image {name}") as client:
            return dict(client.inspect_image(name))  # type: ignore[no-untyped-call]
    except DaemonError as error:
        if error.status == 404:
            return None
        raise


def find_or_pull(daemon: Daemon, name: str, platform: str | None = None) -> dict[str, Any]:
    """The local image of this name, else the one of its registry. Raises `DaemonError` naming image and cause."""
    found = find_image(daemon, name)
    if found is None:
        _pull(daemon, name, platform)
        found = find_image(daemon, name)
    if found is None:
        raise DaemonError(f"image {name} was pulled, and yet the daemon {daemon.host} does not have it")
    return found


def repository_digest(image: dict[str, Any], name: str) -> str:
    """`repository@sha256:...` of an image under the repository of this name; empty for one never pushed or pulled."""
    repository = _repository(name)
    digests: list[str] = image.get("RepoDigests") or []
    return next((digest for digest in digests if digest.partition("@")[0] == repository), "")


def _pull(daemon: Daemon, name: str, platform: str | None) -> None:
    repository, rest = _repository(name), name.partition("@")[2]
    tag = rest or name.partition("@")[0].removeprefix(repository).removeprefix(":") or "latest"
    with daemon.doing(f"pull image {name}") as client:
        for progress in client.pull(repository, tag=tag, stream=True, decode=True, platform=platform):
            if "error" in progress:
                raise DaemonError(f"unable to pull image {name}: {progress['error']}")


def _repository(name: str) -> str:
    """The name without digest and tag; a colon before the last slash belongs to the registry's port."""
    untagged = name.partition("@")[0]
    head, slash, last = untagged.rpartition("/")
    return head + slash + last.partition(":")[0]
