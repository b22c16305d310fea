"""scripts/health over a thousand local endpoints, the whole process, against the blackbox exporter.

Ours pays for its start and its JSON report; the exporter is already running and warm, and the time is that of asking it
for all thousand. Without an exporter the reference is a plain aiohttp loop, its start included like ours.
"""

import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bench.blackbox import Blackbox, blackbox, executable
from bench.measure import Measurement, arm_check, interleave, run_costed

COUNT = 1000
RUN_SECONDS = 60
CostedArm = Callable[[list[float]], float]


@contextlib.contextmanager
def farm(count: int) -> Iterator[list[str]]:
    """URLs of `count` endpoints on as many ports, served by another process until the end of the block."""
    command = [sys.executable, "-m", "bench.targets", str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the farm has no pipes")
        ports = json.loads(process.stdout.readline())
        yield [f"http://127.0.0.1:{port}/health" for port in ports]
        process.stdin.close()


def entries(urls: Sequence[str]) -> list[dict[str, object]]:
    """The farm as the stack output `endpoints` would list it."""
    probe = {"method": "GET", "path": "/health", "status": 200, "timeout": 5}
    return [
        {"name": f"endpoint-{number}", "service": "farm", "host": "local", "url": url.removesuffix("/health"),
         "probe": probe, "route": None, "access": "internal", "needs": []}
        for number, url in enumerate(urls)
    ]  # fmt: skip


def plain_loop(argv: Sequence[str]) -> CostedArm:
    """The reference that needs nothing installed."""
    return lambda cpu: timed(argv, cpu)


def exporter(running: Blackbox, urls: Sequence[str]) -> CostedArm:
    """The reference that users know."""

    def ask(cpu: list[float]) -> float:
        before = running.cpu_seconds()
        wall = running.probe(urls)
        cpu.append(running.cpu_seconds() - before)
        return wall

    return ask


def timed(argv: Sequence[str], cpu: list[float]) -> float:
    """Wall seconds of a command that must succeed; its CPU seconds are added to the list."""
    cost = run_costed(argv, timeout=RUN_SECONDS)
    cpu.append(cost.cpu)
    return cost.wall


def measure() -> Measurement:
    """Wall seconds; every run of either arm must find all endpoints healthy, else it raises."""
    with farm(COUNT) as urls, tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        listed, plain = Path(folder) / "endpoints.json", Path(folder) / "urls.json"
        listed.write_text(json.dumps(entries(urls)))
        plain.write_text(json.dumps(urls))
        health = [sys.executable, "-m", "operations.health", "--endpoints", str(listed), "--json"]
        loop = [sys.executable, "-m", "bench.plain_probes", str(plain)]
        program = executable()
        reference, name = plain_loop(loop), "a plain aiohttp loop, its start included"
        if program:
            reference = exporter(stack.enter_context(blackbox(program)), urls)
            name = f"{Path(program).name}, its CPU without its client's"
        ours_cpu: list[float] = []
        reference_cpu: list[float] = []
        check = arm_check(lambda: reference(reference_cpu))
        pair = interleave(lambda: timed(health, ours_cpu), lambda: reference(reference_cpu))
        mean = statistics.mean(ours_cpu), statistics.mean(reference_cpu)
        cpu = f"CPU s a run {mean[0]:.3f} / {mean[1]:.3f} = {mean[0] / mean[1]:.3f}"
        return pair.measurement("s", check, f"reference {name}", cpu)
