"""The docker client on one host of an environment: by the login that its settings name, or on this machine."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping

from hosts.ssh_options import ssh_options
from operations.docker_cli import DockerCli, docker_cli
from operations.ssh_login import login_of
from settings.host import Host


@contextlib.contextmanager
def host_docker(stack: str, hosts: Mapping[str, Host], name: str) -> Iterator[DockerCli]:
    """A client for the engine of `name`, one of `hosts`. Raises Failure where there is no client, or no `ssh`."""
    if hosts[name].ssh is None:
        with docker_cli(None, ()) as docker:
            yield docker
        return
    login = login_of(stack, hosts, name)
    with docker_cli(login.url, ssh_options(login.ssh)) as docker:
        yield docker
