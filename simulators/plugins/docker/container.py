"""`docker.Container`."""

from collections.abc import Iterator
from typing import ClassVar

from typing_extensions import override

from providers.common.errors import PartialError, PluginError
from providers.common.resource import Call, Snapshot
from providers.common.schema import Failure
from providers.common.values import Properties
from simulators.plugins.docker.container_failures import container_failures
from simulators.plugins.docker.container_fields import FIELDS
from simulators.plugins.docker.container_request import create_request, update_arguments
from simulators.plugins.docker.container_start import start
from simulators.plugins.docker.container_state import container_state
from simulators.plugins.docker.daemon_resource import DaemonResource
from simulators.plugins.docker.images import find_or_pull
from simulators.plugins.docker.network_connection import connect
from simulators.plugins.docker.uploads import archive


class Container(DaemonResource):
    """A container. Its health check, tmpfs and init are taken over at its creation only, as the official plugin does.

    A failure after the creation leaves the container in place and is recorded as a partial creation.
    """

    token = "docker:index/container:Container"  # noqa: S105 - a type token
    fields = FIELDS
    outputs = ("bridge", "containerLogs", "exitCode", "networkDatas")
    named_by: ClassVar[str | None] = "name"
    delete_before_replace = True

    @override
    def failures(self, inputs: Properties) -> Iterator[Failure]:
        return container_failures(inputs)

    @override
    def create(self, inputs: Properties, call: Call) -> Snapshot:
        find_or_pull(self.daemon, inputs["image"], inputs.get("platform"))
        with self.daemon.doing(f"create container {inputs['name']}") as client:
            made = client.create_container_from_config(  # type: ignore[no-untyped-call]
                create_request(inputs), inputs["name"], inputs.get("platform")
            )
        identifier = str(made["Id"])
        try:
            for network in inputs.get("networksAdvanced", []):
                connect(self.daemon, identifier, network, first=network is inputs["networksAdvanced"][0])
            self._upload(identifier, inputs)
            logs = start(self.daemon, identifier, inputs, call) if inputs["start"] else ""
        except PluginError as error:
            raise PartialError(str(error), identifier, inputs) from error
        return self.made(identifier, {**inputs, "containerLogs": logs})

    @override
    def update(self, identifier: str, state: Properties, inputs: Properties, call: Call) -> Properties:
        if update_arguments(inputs) != update_arguments(state):
            with self.daemon.doing(f"update container {inputs['name']}") as client:
                client.update_container(identifier, **update_arguments(inputs))
        if inputs.get("mustRun", True) and not state.get("mustRun", True):
            with self.daemon.doing(f"start container {inputs['name']}") as client:
                client.start(identifier)
        return self.planned(inputs, state)

    @override
    def delete(self, identifier: str, state: Properties, call: Call) -> None:
        grace = state.get("destroyGraceSeconds", 0)

        def remove() -> None:
            with self.daemon.doing(f"delete container {state.get('name', identifier)}") as client:
                if grace > 0 and not state.get("attach"):
                    client.stop(identifier, timeout=grace)
                client.remove_container(identifier, v=state.get("removeVolumes", True), force=True)

        self.removed(remove, call)

    @override
    def existing(self, identifier: str, known: Properties) -> Snapshot:
        with self.daemon.doing(f"inspect container {known.get('name', identifier)}") as client:
            found = client.inspect_container(identifier)
        return Snapshot(found["Id"], container_state(found, known))

    def _upload(self, identifier: str, inputs: Properties) -> None:
        for upload in inputs.get("uploads", []):
            packed = archive(upload)
            with self.daemon.doing(f"upload {upload['file']} to container {inputs['name']}") as client:
                client.put_archive(identifier, "/", packed)
