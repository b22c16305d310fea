"""Probe many endpoints at once: bounded in connections, in time for each, and in time for all."""

import asyncio
import contextlib
import resource
import socket
import ssl
import time
from collections.abc import Sequence
from functools import cache

import uvloop

from operations.probing.conversation import ANSWER_LIMIT_BYTES, CONVERSATIONS
from operations.probing.endpoint import Endpoint
from operations.probing.resolver import Resolver
from operations.probing.verdict import Finding, State

CONNECTIONS_AT_ONCE = 256
DESCRIPTORS_KEPT_FREE = 64
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@cache
def trust() -> ssl.SSLContext:
    """The machine's own certificate authorities; loaded once and only when an https endpoint is there."""
    return ssl.create_default_context()


async def connect(endpoint: Endpoint, resolver: Resolver) -> Streams:
    """Connect to the first address of the name that accepts; raises the last refusal, or what the resolver raised."""
    *others, last = await resolver.addresses(endpoint.address)
    secure = trust() if endpoint.tls else None
    hostname = endpoint.address if endpoint.tls else None
    for address in others:
        with contextlib.suppress(OSError):
            return await asyncio.open_connection(address, endpoint.port, ssl=secure, server_hostname=hostname)
    return await asyncio.open_connection(last, endpoint.port, ssl=secure, server_hostname=hostname)


async def converse(endpoint: Endpoint, streams: Streams) -> Finding:
    """Hold the endpoint's conversation over an open connection and close it."""
    reader, writer = streams
    if endpoint.method == "CERTIFICATE":
        from operations.probing.handshake import look  # noqa: PLC0415  (see run_sweep)

        return await look(endpoint, reader, writer)
    opening, judge = CONVERSATIONS[endpoint.method](endpoint)
    try:
        writer.write(opening)
        data, ended = b"", False
        while (finding := judge(data, ended)) is None:
            chunk = await reader.read(ANSWER_LIMIT_BYTES)
            data, ended = data + chunk, not chunk
        return finding
    finally:
        writer.transport.abort()


def failed(endpoint: Endpoint, fault: OSError | UnicodeError, *, connected: bool) -> Finding:
    """What a failed attempt shows: a service that was reached and does not work is unhealthy, all else is unknown."""
    unhealthy, detail = False, f"cannot be reached: {fault}"
    if isinstance(fault, TimeoutError) and connected:
        unhealthy, detail = True, f"took the connection, then no answer within {endpoint.timeout:g} s"
    elif isinstance(fault, TimeoutError):
        detail = f"no connection within {endpoint.timeout:g} s"
    elif isinstance(fault, socket.gaierror):
        detail = f"the name {endpoint.address!r} does not resolve: {fault.strerror}"
    elif isinstance(fault, ssl.SSLError):
        unhealthy, detail = True, f"TLS: {fault.reason or fault}"
    elif isinstance(fault, ConnectionRefusedError):
        unhealthy, detail = True, f"nothing listens on {endpoint.address}:{endpoint.port}"
    elif isinstance(fault, ConnectionError):
        unhealthy, detail = True, "closed the connection without an answer"
    return Finding(State.UNHEALTHY if unhealthy else State.UNKNOWN, detail)


async def probe(endpoint: Endpoint, resolver: Resolver) -> Finding:
    """Ask one endpoint within its timeout; every outcome is a finding."""
    started = time.perf_counter()
    connected = False
    try:
        async with asyncio.timeout(endpoint.timeout):
            streams = await connect(endpoint, resolver)
            connected = True
            finding = await converse(endpoint, streams)
        return Finding(finding.state, finding.detail, time.perf_counter() - started)
    except (OSError, UnicodeError) as fault:
        return failed(endpoint, fault, connected=connected)


def connections_at_once() -> int:
    """As many as the limit on open files leaves room for: 256 in all is the default of a Mac's shell."""
    open_files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(1, min(CONNECTIONS_AT_ONCE, open_files - DESCRIPTORS_KEPT_FREE))


async def sweep(endpoints: Sequence[Endpoint], timeout: float) -> dict[str, Finding]:
    """Probe all within `timeout` seconds; whatever is not decided by then is unknown."""
    late = Finding(State.UNKNOWN, f"was not decided within the {timeout:g} s of the whole run")
    findings = {endpoint.name: late for endpoint in endpoints}
    queue, resolver = iter(endpoints), Resolver()

    async def work() -> None:
        for endpoint in queue:
            findings[endpoint.name] = await probe(endpoint, resolver)

    workers = min(connections_at_once(), len(endpoints))
    with contextlib.suppress(TimeoutError):  # the findings say which were late
        async with asyncio.timeout(timeout):
            await asyncio.gather(*(work() for _ in range(workers)))
    return findings


def run_sweep(endpoints: Sequence[Endpoint], timeout: float) -> dict[str, Finding]:
    """`sweep` from plain code; Ctrl-C raises KeyboardInterrupt after the probes are ended."""
    if any(endpoint.method == "CERTIFICATE" for endpoint in endpoints):
        # Before any probe's time runs; lists without certificates do not pay for it.
        import operations.probing.handshake  # noqa: F401, PLC0415
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(sweep(endpoints, timeout))
