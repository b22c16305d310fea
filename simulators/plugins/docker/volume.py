"""`docker.Volume`."""

from typing import ClassVar

from typing_extensions import override

from providers.common.resource import Call, Snapshot
from providers.common.schema import Field
from providers.common.values import Properties
from simulators.plugins.docker.container_fields import LABEL
from simulators.plugins.docker.daemon_resource import DaemonResource, label_list, label_map


class Volume(DaemonResource):
    """A volume; any change makes a new one. One that exists by that name already is taken over by the engine."""

    token = "docker:index/volume:Volume"  # noqa: S105 - a type token
    named_by: ClassVar[str | None] = "name"
    outputs = ("mountpoint",)
    fields: ClassVar = {
        "name": Field(replaces=True, computed=True),
        "labels": Field(replaces=True, unordered=True, block=LABEL),
        "driver": Field(replaces=True, computed=True),
        "driverOpts": Field(replaces=True),
    }

    @override
    def create(self, inputs: Properties, call: Call) -> Snapshot:
        with self.daemon.doing(f"create volume {inputs['name']}") as client:
            made = client.create_volume(
                inputs["name"], inputs.get("driver"), inputs.get("driverOpts"), label_map(inputs.get("labels", []))
            )
        return self.made(made["Name"], inputs)

    @override
    def delete(self, identifier: str, state: Properties, call: Call) -> None:
        def remove() -> None:
            with self.daemon.doing(f"delete volume {identifier}") as client:
                client.remove_volume(identifier, force=True)

        self.removed(remove, call, in_use="volume is in use")

    @override
    def existing(self, identifier: str, known: Properties) -> Snapshot:
        with self.daemon.doing(f"inspect volume {identifier}") as client:
            found = client.inspect_volume(identifier)
        read = {
            "name": found["Name"],
            "labels": label_list(found["Labels"]),
            "driver": found["Driver"],
            "driverOpts": found["Options"] or {},
            "mountpoint": found["Mountpoint"],
        }
        return Snapshot(found["Name"], {**known, **read})
