"""A machine, brought to its role over one SSH connection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
from pulumi import CustomTimeouts, Input, ResourceOptions
from pulumi_command import remote

from hosts.login_command import login_command, standard_input
from hosts.role import COMPONENT_TYPES, Role
from hosts.script import render_script, script_digest

# A minute and a half of refused connections, as while a machine starts: the provider waits 0.1 s, then 1.5 times as
# long each time, at most 5 s. One that answers nothing at all is given up after less than four minutes.
DIAL_ATTEMPTS = 26
DIAL_SECONDS = 5


@dataclass(frozen=True, kw_only=True)
class ProvisionedHostArgs:
    """How to log in, and what the host is to be. `host_key` is its public key, `ssh-ed25519 AAAA...`.

    `secrets` holds at least the secrets that the role asks for. `dial_attempts` bounds how long the host may refuse.
    """

    address: Input[str]
    port: Input[int]
    user: str
    private_key: Input[str]
    host_key: Input[str]
    role: Role
    secrets: Mapping[str, pulumi.Output[str]] = field(default_factory=dict)
    dial_attempts: int = DIAL_ATTEMPTS


class ProvisionedHost(pulumi.ComponentResource):
    """Owns what the steps of its role name, and leaves everything else on the host alone.

    Destroying it leaves the host as it is. A changed role shows in the preview as changed `steps`. Raises ValueError
    for a role of another user than the one that logs in.
    """

    docker_url: pulumi.Output[str]
    """Address for a Docker provider; known once the host has its role."""
    ready: pulumi.Output[str]
    """Known once the host has its role; another value for another role."""

    def __init__(self, name: str, args: ProvisionedHostArgs, opts: ResourceOptions | None = None) -> None:
        steps = {step.name: step.text for step in args.role.steps}
        super().__init__(COMPONENT_TYPES[args.role.platform], name, {"steps": steps}, opts)
        if args.role.user != args.user:
            raise ValueError(f"{name}: logs in as {args.user}, but its services are to run as {args.role.user}")
        script = render_script(args.role)
        secrets = {secret: args.secrets[secret] for secret in args.role.secrets}
        # Secret as a whole: it is long, it may hold passwords, and `steps` says the same to a reader.
        stdin = pulumi.Output.all(pulumi.Output.secret(script), secrets).apply(lambda parts: standard_input(*parts))
        role = remote.Command(
            f"{name}-role",
            connection=remote.ConnectionArgs(
                host=args.address,
                port=args.port,
                user=args.user,
                private_key=args.private_key,
                host_key=args.host_key,
                dial_error_limit=args.dial_attempts,
                per_dial_timeout=DIAL_SECONDS,
            ),
            create=login_command("apply"),
            stdin=stdin,
            add_previous_output_in_env=False,
            opts=ResourceOptions(parent=self, custom_timeouts=CustomTimeouts(create="1h", update="1h")),
        )
        digest = script_digest(script)
        url = pulumi.Output.format("ssh://{0}@{1}:{2}", args.user, args.address, args.port)
        # By its id, which stays when the role changes: so a preview of a change knows both.
        self.docker_url = pulumi.Output.all(role.id, url).apply(lambda parts: str(parts[1]))
        self.ready = role.id.apply(lambda _: digest)
        self.register_outputs({"docker_url": self.docker_url, "ready": self.ready})
