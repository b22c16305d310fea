"""The Prometheus blackbox exporter as the reference: its own process, asked over kept connections as a scraper does."""

import asyncio
import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlencode

import uvloop

NAMES = ("prometheus-blackbox-exporter", "blackbox_exporter")
CONNECTIONS = 64
START_SECONDS = 15
CONFIGURATION = """
modules:
  health:
    prober: http
    timeout: 5s
    http: {preferred_ip_protocol: ip4, follow_redirects: false, valid_status_codes: [200]}
"""


def executable() -> str | None:
    """Where it is installed, under Debian's name or its own; None when it is not."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Blackbox:
    """A running exporter on a loopback port."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self._process, self._port = process, port

    def cpu_seconds(self) -> float:
        """CPU that it has used since its start (Linux)."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def probe(self, urls: Sequence[str]) -> float:
        """Seconds to probe all URLs; raises RuntimeError unless every one succeeded."""
        started = time.perf_counter()
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            successes = runner.run(self._probe_all(urls))
        elapsed = time.perf_counter() - started
        if successes != len(urls):
            raise RuntimeError(f"the exporter reached {successes} of {len(urls)} endpoints")
        return elapsed

    async def _probe_all(self, urls: Sequence[str]) -> int:
        queue = iter(urls)
        return sum(await asyncio.gather(*(self._work(queue) for _ in range(CONNECTIONS))))

    async def _work(self, queue: Iterator[str]) -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        successes = 0
        for url in queue:
            query = urlencode({"module": "health", "target": url})
            writer.write(f"GET /probe?{query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            successes += b"\nprobe_success 1\n" in await _body(reader)
        writer.close()
        await writer.wait_closed()
        return successes


async def _body(reader: asyncio.StreamReader) -> bytes:
    """The body of one HTTP/1.1 answer, whichever of the two ways its length is told."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if b"transfer-encoding: chunked" not in head:
        return await reader.readexactly(int(head.partition(b"content-length:")[2].split()[0]))
    body = b""
    while size := int(await reader.readline(), 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readexactly(2)
    return body


@contextlib.contextmanager
def blackbox(program: str) -> Iterator[Blackbox]:
    """Start an exporter, hand it over once it listens, end it. Raises TimeoutError when it does not come up."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        configuration = Path(folder) / "blackbox.yml"
        configuration.write_text(CONFIGURATION)
        process = subprocess.Popen([program, f"--config.file={configuration}",
                                    f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"])  # fmt: skip
        try:
            _wait_for(port)
            yield Blackbox(process, port)
        finally:
            process.terminate()
            process.wait(timeout=10)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise TimeoutError(f"the exporter does not listen on 127.0.0.1:{port}") from None
            time.sleep(0.05)
        else:
            return
