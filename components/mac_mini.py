"""A Mac mini, brought to its role over one SSH connection."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import pulumi
from pulumi import CustomTimeouts, Input, ResourceOptions
from pulumi_command import remote

from components.host_script import HostSpec, render_script

# About a minute of refused connections, as while a Mac starts: the provider waits 0.1 s, then 1.5 times as long each
# time, at most 5 s. A Mac that answers nothing at all is given up after less than three minutes.
DIAL_ATTEMPTS = 20
DIAL_SECONDS = 5


@dataclass(frozen=True, kw_only=True)
class MacMiniArgs:
    """How to log in, and what the host is to be. `host_key` is its public key, `ssh-ed25519 AAAA...`."""

    address: str
    port: int
    user: str
    private_key: Input[str]
    host_key: str
    spec: HostSpec


class MacMini(pulumi.ComponentResource):
    """Owns the host's daemons, packages, power settings and directories as its specification names them.

    Leaves everything else on the host alone, and destroying it leaves the host as it is. A change of the
    specification shows in the preview as a change of the script. Raises ValueError for a specification of another
    user than the one that logs in.
    """

    docker_url: pulumi.Output[str]
    """Address for a Docker provider; known once the host has its role."""
    ready: pulumi.Output[str]
    """Known once the host has its role; another value for another role."""

    def __init__(self, name: str, args: MacMiniArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ai-platform:index:MacMini", name, None, opts)
        if args.spec.user != args.user:
            raise ValueError(f"{name}: logs in as {args.user}, but its services are to run as {args.spec.user}")
        script = render_script(args.spec)
        role = remote.Command(
            f"{name}-role",
            connection=remote.ConnectionArgs(
                host=args.address,
                port=args.port,
                user=args.user,
                private_key=args.private_key,
                host_key=args.host_key,
                dial_error_limit=DIAL_ATTEMPTS,
                per_dial_timeout=DIAL_SECONDS,
            ),
            # The login shell of macOS is zsh, which is no POSIX shell. On standard input the script stays out of the
            # host's process list, and out of the message of a failure.
            create="exec /bin/sh -s -- apply",
            stdin=script,
            add_previous_output_in_env=False,
            opts=ResourceOptions(parent=self, custom_timeouts=CustomTimeouts(create="1h", update="1h")),
        )
        digest = hashlib.sha256(script.encode()).hexdigest()[:16]
        url = f"ssh://{args.user}@{args.address}:{args.port}"
        # By its id, which stays when the role changes: so a preview of a change knows both.
        self.docker_url = role.id.apply(lambda _: url)
        self.ready = role.id.apply(lambda _: digest)
        self.register_outputs({"docker_url": self.docker_url, "ready": self.ready})
