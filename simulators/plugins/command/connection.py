"""Opens SSH connections as the `connection` argument says. Keys stay in memory."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncssh

from providers.common.errors import PluginError
from providers.common.values import Properties

FIRST_PAUSE_S, PAUSE_FACTOR, LONGEST_PAUSE_S = 0.1, 1.5, 5.0  # the official plugin's back-off
DIAL_ERROR_LIMIT = 10
PER_DIAL_S = 15
KEEPALIVE_S = 15  # a host that is silent for three of these is lost


@asynccontextmanager
async def connected(connection: Properties) -> AsyncIterator[asyncssh.SSHClientConnection]:
    """An open connection, through the proxy if one is given; closed at the end.

    Refused and failed dials are repeated up to `dialErrorLimit` (-1: without end). A key or host key that cannot
    be read is not a dial error. Raises PluginError, which names the host and the last cause.
    """
    proxy = connection.get("proxy")
    if proxy is None:
        async with await _dial(connection, None) as client:
            yield client
    else:
        async with await _dial(proxy, None) as tunnel, await _dial(connection, tunnel) as client:
            yield client


async def _dial(connection: Properties, tunnel: asyncssh.SSHClientConnection | None) -> asyncssh.SSHClientConnection:
    host, port = connection["host"], int(connection.get("port") or 22)
    options = await _options(connection)
    limit = int(_given(connection, "dialErrorLimit", DIAL_ERROR_LIMIT))
    timeout = float(_given(connection, "perDialTimeout", PER_DIAL_S)) or None
    pause, failures = FIRST_PAUSE_S, 0
    while True:
        try:
            dial = asyncssh.connect(host, port, tunnel=tunnel, **options)
            return await asyncio.wait_for(dial, timeout)
        except (OSError, asyncssh.Error, TimeoutError) as error:
            failures += 1
            if 0 <= limit <= failures:
                cause = str(error) or f"no answer within {timeout:.0f} s"
                user = options["username"]
                raise PluginError(f"ssh {user}@{host}:{port}: after {failures} failed attempts: {cause}") from error
        await asyncio.sleep(pause)
        pause = min(pause * PAUSE_FACTOR, LONGEST_PAUSE_S)


async def _options(connection: Properties) -> dict[str, Any]:
    try:
        host_key = connection.get("hostKey")
        known_hosts: Any = ([asyncssh.import_public_key(host_key)], [], []) if host_key else None
        keys: list[Any] = []
        if connection.get("privateKey"):
            passphrase = connection.get("privateKeyPassword")
            keys.append(asyncssh.import_private_key(connection["privateKey"], passphrase))
        keys += await _agent_keys(connection.get("agentSocketPath") or os.environ.get("SSH_AUTH_SOCK"))
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
        raise PluginError(f"connection to {connection['host']}: a key cannot be read: {error}") from error
    return {
        "config": None,
        "username": connection.get("user") or "root",
        "password": connection.get("password"),
        "client_keys": keys or None,
        "agent_path": None,
        "known_hosts": known_hosts,
        "keepalive_interval": KEEPALIVE_S,
    }


async def _agent_keys(socket: str | None) -> list[Any]:
    if not socket:
        return []
    try:
        async with asyncssh.connect_agent(socket) as agent:
            return list(await agent.get_keys())
    except (OSError, ValueError) as error:
        raise PluginError(f"the SSH agent at {socket} does not answer: {error}") from error


def _given(connection: Properties, name: str, default: int) -> Any:
    value = connection.get(name)
    return default if value is None else value
