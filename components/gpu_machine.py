"""A rented machine: ordered, reached with a pinned key from the first login on, and brought to its role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi
import pulumi_random as random
from pulumi import Input, Output, ResourceOptions

from components.docker_access import DockerAccess
from components.linux_host import LinuxHost
from components.provisioned_host import ProvisionedHostArgs
from components.ssh_identity import LoginKey
from components.tied import tied_to
from hosts import ssh_config
from hosts.rented.first_boot import KEY_FILE, boot_command, boot_files
from hosts.rented.host_key import HostKey, host_key
from hosts.role import Role
from providers.tensordock.sdk import CloudInit, Instance, PortForward, WriteFile
from settings.gpu import Gpu
from settings.host import Host, Ssh

SSH = 22
ASKED_SSH_PORT = 20_022
"""Without an address of its own the machine's sshd is asked for here; which port it gets, its outputs tell."""
DIAL_ATTEMPTS = 150
"""About twelve minutes: keys are put on a new machine some time after its sshd answers first."""
READY_SECONDS = 1200
"""Images with drivers and tools boot slowly; after this the next place is tried."""
SECRET_CHARACTERS = 64


@dataclass(frozen=True, kw_only=True)
class GpuMachineArgs:
    """`secrets` holds at least the secrets that the role asks for. `login` is who logs in, `gpu` how it is rented."""

    stack: str
    host: Host
    login: Ssh
    gpu: Gpu
    key: LoginKey
    role: Role
    secrets: Mapping[str, Output[str]]


class GpuMachine(pulumi.ComponentResource):
    """Owns the machine with its disk: destroying it, or replacing it, loses what lies there.

    It always wants the machine to run: whoever stops it asks the API, and the next update starts it again.
    """

    instance: Instance
    provisioned: LinuxHost
    docker: DockerAccess
    """The same at every start; known once the machine has its role and `ssh` knows where it is."""
    output: Output[dict[str, Any]]
    """What the stack's output `machines` says of it."""

    def __init__(self, name: str, args: GpuMachineArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(
            "ai-platform:index:GpuMachine", name, {"owner": args.stack, "idleMinutes": args.gpu.idle_minutes}, opts
        )
        # Its result is secret, and so is what is made from it.
        keys = random.RandomPassword(
            f"{name}-host-key", length=SECRET_CHARACTERS, special=False, opts=ResourceOptions(parent=self)
        ).result.apply(host_key)
        public = Output.unsecret(keys.apply(lambda key: key.public))
        self.instance = self._instance(name, args, keys)
        self.provisioned = LinuxHost(
            name,
            ProvisionedHostArgs(
                address=self.instance.ip_address.apply(str),
                port=self.instance.ssh_port,
                user=args.login.user,
                private_key=Output.secret(args.key.private),
                host_key=public,
                role=args.role,
                secrets=args.secrets,
                dial_attempts=DIAL_ATTEMPTS,
            ),
            # No child of this: it is a host like every other, with the same name in the state.
            opts=tied_to(self.instance),
        )
        url = self._docker_url(name, args, public)
        self.docker = DockerAccess(url=url, ssh_options=("-F", str(ssh_config.config_file(args.stack, name))))
        self.output = self._output(args, public)
        self.register_outputs({"machine": self.output})

    def _instance(self, name: str, args: GpuMachineArgs, keys: Output[HostKey]) -> Instance:
        host, gpu = args.host, args.gpu
        return Instance(
            name,
            image=gpu.image,
            gpu_model=gpu.model,
            gpu_count=gpu.count,
            vcpu_count=int(host.cpus),
            ram_gb=int(host.memory_gb),
            storage_gb=int(host.disk_gb),
            max_hourly_price=gpu.cap_usd,
            location_ids=list(gpu.location_ids) or None,
            minimum_tier=gpu.minimum_tier,
            prefer=gpu.prefer,
            attempts=gpu.attempts,
            dedicated_ip=gpu.dedicated_ip,
            port_forwards=None if gpu.dedicated_ip else [PortForward(SSH, ASKED_SSH_PORT)],
            ssh_key=args.key.public,
            cloud_init=_first_boot(args, keys),
            ready_timeout_seconds=READY_SECONDS,
            running=True,
            opts=ResourceOptions(parent=self),
        )

    def _docker_url(self, name: str, args: GpuMachineArgs, public: Input[str]) -> Output[str]:
        instance = self.instance

        def reachable(parts: Sequence[Any]) -> str:
            _, address, port, key = parts
            if not pulumi.runtime.is_dry_run():
                place = ssh_config.Place(
                    stack=args.stack,
                    host=name,
                    address=address,
                    port=int(port),
                    user=args.login.user,
                    identity_file=args.login.identity_file,
                    host_key=key,
                )
                ssh_config.write(Path.cwd(), place)
            return f"ssh://{ssh_config.alias(args.stack, name)}"

        # Everything that leads to Docker there waits for the role, and for this file.
        known = Output.all(self.provisioned.ready, instance.ip_address, instance.ssh_port, public)
        return known.apply(reachable)

    def _output(self, args: GpuMachineArgs, public: Output[str]) -> Output[dict[str, Any]]:
        instance = self.instance
        return Output.all(
            name=instance.name,
            instance_id=instance.instance_id,
            status=instance.status,
            ip_address=instance.ip_address,
            ssh_port=instance.ssh_port,
            ports=instance.ports,
            user=args.login.user,
            host_key=public,
            hourly_micro_usd=instance.hourly_micro_usd,
            idle_minutes=args.gpu.idle_minutes,
        )


def _first_boot(args: GpuMachineArgs, keys: Output[HostKey]) -> CloudInit:
    host_key_file = WriteFile(KEY_FILE, keys.apply(lambda key: key.private), permissions="0600")
    files = [WriteFile(file.path, file.content, permissions=file.mode) for file in boot_files(args.key.public)]
    return CloudInit(runcmd=[boot_command(args.login.user)], write_files=[host_key_file, *files])
