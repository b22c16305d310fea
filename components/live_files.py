"""Files that a service takes up while it runs, brought to its container."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_command as command
import pulumi_docker as docker
from pulumi import CustomTimeouts, ResourceOptions

from catalogue.definition import LIVE_LABEL
from components.docker_access import DockerAccess
from planning.addresses import finish
from planning.plan import PlannedFile, PlannedLive

LONGEST = "10m"


@dataclass(frozen=True, kw_only=True)
class LiveFilesArgs:
    """`container` is a name on the engine that `access` leads to; `contents` maps paths to (secret) texts."""

    environment: str
    service: str
    container: str
    live: PlannedLive
    contents: Mapping[str, pulumi.Output[str]]
    access: DockerAccess


class LiveFiles(pulumi.ComponentResource):
    """The volume before the container, its contents once that runs. A preview shows changes of files without secrets.

    Output `version` names the contents; scripts/drift compares it with what the service answers by.
    """

    volume: docker.Volume

    def __init__(self, name: str, args: LiveFilesArgs, opts: ResourceOptions | None = None) -> None:
        texts = {file.path: _without_secrets(file) for file in args.live.files}
        shown = {path: text for path, text in texts.items() if text is not None}
        super().__init__("ai-platform:index:LiveFiles", name, {"files": shown}, opts)
        self._name, self._args = name, args
        labels = {"ai-platform.environment": args.environment, "ai-platform.service": args.service, LIVE_LABEL: "yes"}
        self.volume = docker.Volume(
            name,
            name=f"ai-platform-{args.environment}-{name}",
            labels=[docker.VolumeLabelArgs(label=label, value=value) for label, value in labels.items()],
            opts=ResourceOptions(parent=self),
        )
        # A digest tells nothing of what is secret: keys and audiences are long and random.
        self._digest = pulumi.Output.json_dumps(args.contents, sort_keys=True).apply(_sha256)
        self.register_outputs({"container": args.container, "version": pulumi.Output.unsecret(self._digest)})

    def deliver(self, container_id: pulumi.Input[str], after: Sequence[pulumi.Resource]) -> pulumi.Resource:
        """There once the service answers by these files. Another container is given them anew. See
        operations/live_files.py.
        """
        args = self._args
        spec = {
            "docker_host": args.access.url,
            "ssh_options": list(args.access.ssh_options),
            "service": args.service,
            "container": args.container,
            "container_id": container_id,
            "folder": args.live.folder,
            "version": self._digest,
            "files": args.contents,
            "check": list(args.live.check),
            "reload": list(args.live.reload),
            "asked": list(args.live.version),
        }
        limit = CustomTimeouts(create=LONGEST, update=LONGEST)
        return command.local.Command(
            f"{self._name}-apply",
            create="scripts/live-files-apply",
            stdin=pulumi.Output.json_dumps(spec),
            add_previous_output_in_env=False,
            opts=ResourceOptions(parent=self, depends_on=[*after], custom_timeouts=limit),
        )


def _without_secrets(file: PlannedFile) -> str | None:
    try:
        return finish(file.template, {})
    except KeyError:
        return None


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
