"""`docker.RemoteImage`."""

from collections.abc import Iterator
from typing import ClassVar

from typing_extensions import override

from providers.common.resource import Call, Snapshot
from providers.common.schema import Failure, Field
from providers.common.values import Properties
from simulators.plugins.docker.daemon import DaemonError
from simulators.plugins.docker.daemon_resource import DaemonResource
from simulators.plugins.docker.images import find_image, find_or_pull, repository_digest


class RemoteImage(DaemonResource):
    """An image that the daemon has, or pulls. The stand-in does not build."""

    token = "docker:index/remoteImage:RemoteImage"  # noqa: S105 - a type token
    outputs = ("imageId", "repoDigest")
    fields: ClassVar = {
        "name": Field(required=True),
        "keepLocally": Field(),
        "forceRemove": Field(),
        "platform": Field(replaces=True),
        "pullTriggers": Field(replaces=True, unordered=True),
        "triggers": Field(replaces=True),
        "build": Field(replaces=True),
    }

    @override
    def failures(self, inputs: Properties) -> Iterator[Failure]:
        if inputs.get("build") is not None:
            yield Failure("build", "is not supported by the stand-in for the docker plugin; build the image before")

    @override
    def create(self, inputs: Properties, call: Call) -> Snapshot:
        state = self._pulled(inputs)
        return Snapshot(state["imageId"] + inputs["name"], state)

    @override
    def existing(self, identifier: str, known: Properties) -> Snapshot:
        name = known.get("name") or identifier[len("sha256:") + 64 :]
        found = find_image(self.daemon, name)
        if found is None:
            raise DaemonError(f"the daemon {self.daemon.host} has no image {name}", status=404)
        read = {"name": name, "imageId": found["Id"], "repoDigest": repository_digest(found, name)}
        return Snapshot(found["Id"] + name, {**known, **read})

    @override
    def update(self, identifier: str, state: Properties, inputs: Properties, call: Call) -> Properties:
        return self._pulled(inputs)

    @override
    def delete(self, identifier: str, state: Properties, call: Call) -> None:
        def remove() -> None:
            with self.daemon.doing(f"remove image {state['name']}") as client:
                client.remove_image(state["name"], force=bool(state.get("forceRemove")))

        if not state.get("keepLocally"):
            self.removed(remove, call)

    def _pulled(self, inputs: Properties) -> Properties:
        found = find_or_pull(self.daemon, inputs["name"], inputs.get("platform"))
        return {**inputs, "imageId": found["Id"], "repoDigest": repository_digest(found, inputs["name"])}
