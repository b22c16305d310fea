"""Copies to another machine over SFTP."""

from pathlib import Path, PurePosixPath

import asyncssh

from providers.common.errors import PluginError
from providers.common.values import Properties
from simulators.plugins.command.connection import connected


async def copy_remote(connection: Properties, source: Properties, remote_path: str) -> None:
    """Copies the asset or archive `source` to `remote_path`; missing parent folders are made.

    A path goes into `remote_path` where that is a folder already. Raises PluginError with the path and the cause.
    """
    async with connected(connection) as client:
        try:
            async with client.start_sftp_client() as sftp:
                if "text" in source:
                    await _write(sftp, source["text"], remote_path)
                else:
                    await _put(sftp, Path(source["path"]), remote_path)
        except (asyncssh.Error, OSError) as error:
            what = source.get("path", "a text")
            raise PluginError(f"copying {what} to {connection['host']}:{remote_path} failed: {error}") from error


async def _write(sftp: asyncssh.SFTPClient, text: str, remote_path: str) -> None:
    if await sftp.isdir(remote_path):
        raise PluginError(f"remotePath {remote_path} is a folder; a text needs the path of a file")
    await sftp.makedirs(str(PurePosixPath(remote_path).parent), exist_ok=True)
    async with sftp.open(remote_path, "w", encoding="utf-8") as file:
        await file.write(text)


async def _put(sftp: asyncssh.SFTPClient, local: Path, remote_path: str) -> None:
    if local.is_dir() and await sftp.isfile(remote_path):
        raise PluginError(f"{local} is a folder, but remotePath {remote_path} is a file")
    await sftp.makedirs(str(PurePosixPath(remote_path).parent), exist_ok=True)
    await sftp.put(str(local), remote_path, recurse=local.is_dir())
