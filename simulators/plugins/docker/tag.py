"""`docker.Tag`."""

from typing import ClassVar

from typing_extensions import override

from providers.common.resource import Call, Snapshot
from providers.common.schema import Field
from providers.common.values import Properties
from simulators.plugins.docker.daemon import DaemonError
from simulators.plugins.docker.daemon_resource import DaemonResource
from simulators.plugins.docker.images import find_image


class Tag(DaemonResource):
    """Another name of an image; deleting it removes neither the name nor the image, as the official plugin does."""

    token = "docker:index/tag:Tag"  # noqa: S105 - a type token
    outputs = ("sourceImageId",)
    fields: ClassVar = {
        "sourceImage": Field(required=True, replaces=True),
        "targetImage": Field(required=True, replaces=True),
        "tagTriggers": Field(replaces=True),
    }

    @override
    def create(self, inputs: Properties, call: Call) -> Snapshot:
        source, target = inputs["sourceImage"], inputs["targetImage"]
        found = find_image(self.daemon, source)
        if found is None:
            raise DaemonError(f"unable to tag image {source}: the daemon {self.daemon.host} does not have it", 404)
        repository, _, tag = target.rpartition(":") if ":" in target.rpartition("/")[2] else (target, "", "latest")
        with self.daemon.doing(f"tag image {source} as {target}") as client:
            client.tag(found["Id"], repository, tag)
        return Snapshot(f"{source}.{target}", {**inputs, "sourceImageId": found["Id"]})

    @override
    def existing(self, identifier: str, known: Properties) -> Snapshot:
        target = known["targetImage"]
        found = find_image(self.daemon, target)
        if found is None:
            raise DaemonError(f"the daemon {self.daemon.host} has no image {target}", status=404)
        return Snapshot(identifier, {**known, "sourceImageId": found["Id"]})

    @override
    def delete(self, identifier: str, state: Properties, call: Call) -> None:
        """Leaves both names."""
