"""What of `backups` only shows beside the environment's hosts and services."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from settings.environment import Environment
from settings.problem import Problem
from settings.unknown import unknown


def problems(environment: Environment, hosts: Collection[str], services: Collection[str]) -> Iterator[Problem]:
    """Names that nothing carries, and a repository that nobody could open."""
    backups = environment.backups
    if backups is None:
        return
    for index, name in enumerate(backups.leave_out):
        if name not in services:
            yield unknown(f"backups.leave_out.{index}", name, services, "service")
    if backups.repository.startswith("s3:") and not backups.credentials_file:
        yield Problem(
            path="backups.credentials_file",
            value="",
            cause="an S3 repository asks for a key",
            remedy="name a file with [default], aws_access_key_id and aws_secret_access_key",
        )
    if backups.timer and backups.timer.host not in hosts:
        yield unknown("backups.timer.host", backups.timer.host, hosts, "host")
    elif backups.timer and (host := environment.hosts.get(backups.timer.host)) and host.kind not in ("mac", "linux"):
        yield Problem(
            path="backups.timer.host",
            value=backups.timer.host,
            cause=f"a {host.kind} host gets no timer",
            remedy="name a mac or linux host; on this machine let cron or a timer of yours start scripts/backup",
        )
