"""Runs a command on another machine over SSH."""

import asyncio
from collections.abc import Mapping

import asyncssh

from providers.common.errors import PluginError
from providers.common.values import Properties
from simulators.plugins.command.connection import connected
from simulators.plugins.command.job import Job
from simulators.plugins.command.outputs import Show


async def run_remote(job: Job, connection: Properties, warn: Show) -> None:
    """Runs the job with the remote user's shell to its end.

    Warns of each previous output that sshd does not take as a variable. Raises PluginError when the machine
    cannot be reached or is lost, when sshd does not accept a variable of the job's environment, and at a bad
    exit status.
    """
    async with connected(connection) as client:
        environment = await _accepted(client, job, connection["host"], warn)
        try:
            await _run(client, job, environment)
        except (asyncssh.Error, OSError) as error:
            raise PluginError(job.failure(f"connection lost ({error})")) from error


async def _run(client: asyncssh.SSHClientConnection, job: Job, environment: Mapping[str, str]) -> None:
    process = await client.create_process(job.command, env=environment, encoding=None)
    try:
        readers = [
            job.outputs.collect(name, stream.read)
            for name, stream in (("stdout", process.stdout), ("stderr", process.stderr))
        ]
        await asyncio.gather(_feed(process, job.stdin), *readers)
        await process.wait_closed()
    except asyncio.CancelledError:
        process.terminate()
        process.close()
        raise
    if process.returncode != 0:
        ended_by = (process.exit_signal or ("",))[0]
        cause = f"Process was ended by signal {ended_by}" if ended_by else ""
        raise PluginError(job.failure(cause or f"Process exited with status {process.exit_status}"))


async def _feed(process: asyncssh.SSHClientProcess[bytes], stdin: str | None) -> None:
    try:
        if stdin:
            process.stdin.write(stdin.encode())
            await process.stdin.drain()
        process.stdin.write_eof()
    except (BrokenPipeError, ConnectionResetError, asyncssh.Error):
        return  # a command need not read its input


async def _accepted(client: asyncssh.SSHClientConnection, job: Job, host: str, warn: Show) -> dict[str, str]:
    """The job's variables that sshd takes over, asked by a command since the protocol library does not tell."""
    wanted = {**job.previous, **job.environment}
    if not wanted:
        return {}
    found = await client.run("env", env=wanted, errors="replace")
    names = {line.partition("=")[0] for line in str(found.stdout).splitlines()}
    for name in sorted(wanted.keys() - names):
        refusal = f"sshd on {host} does not accept the environment variable {name}"
        if name in job.environment:
            raise PluginError(f"{refusal}; add `AcceptEnv {name}` to its configuration or use stdin")
        warn(f"{refusal}; set addPreviousOutputInEnv to false, or add `AcceptEnv {name}` there")
    return {name: value for name, value in wanted.items() if name in names}
