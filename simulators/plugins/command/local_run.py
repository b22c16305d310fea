"""Runs a command on this machine."""

import asyncio
import os
import signal
from collections.abc import Sequence

from providers.common.errors import PluginError
from simulators.plugins.command.job import Job

GRACE_S = 2.0
DEFAULT_INTERPRETER = ("/bin/sh", "-c")


async def run_local(job: Job, interpreter: Sequence[str], folder: str | None) -> None:
    """Runs the job through `interpreter` to its end.

    Raises PluginError when it cannot be started or ends with a bad exit status. When it is cancelled, the
    command's whole process group is ended.
    """
    pipe = asyncio.subprocess.PIPE
    try:
        process = await asyncio.create_subprocess_exec(
            *(interpreter or DEFAULT_INTERPRETER),
            job.command,
            cwd=folder,
            env={**os.environ, **job.environment, **job.previous},
            stdin=pipe if job.stdin else asyncio.subprocess.DEVNULL,
            stdout=pipe,
            stderr=pipe,
            process_group=0,
        )
    except OSError as error:
        raise PluginError(job.failure(str(error))) from error
    try:
        status = await _finish(process, job)
    except asyncio.CancelledError:
        await _end_group(process)
        raise
    if status != 0:
        cause = f"exit status {status}" if status > 0 else f"signal: {signal.strsignal(-status)}"
        raise PluginError(job.failure(cause))


async def _finish(process: asyncio.subprocess.Process, job: Job) -> int:
    streams = {"stdout": process.stdout, "stderr": process.stderr}
    readers = [job.outputs.collect(name, stream.read) for name, stream in streams.items() if stream is not None]
    await asyncio.gather(_feed(process.stdin, job.stdin), *readers)
    return await process.wait()


async def _feed(stream: asyncio.StreamWriter | None, stdin: str | None) -> None:
    if stream is None or stdin is None:
        return
    try:
        stream.write(stdin.encode())
        await stream.drain()
    except (BrokenPipeError, ConnectionResetError):
        return  # a command need not read its input
    stream.close()


async def _end_group(process: asyncio.subprocess.Process) -> None:
    """Asks the command and all its children to end, and ends them after a grace of 2 s."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            await asyncio.wait_for(process.wait(), GRACE_S)
        except ProcessLookupError:
            return
        except TimeoutError:
            continue
