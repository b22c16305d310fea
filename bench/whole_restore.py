"""A lost host: one command from an empty Docker engine to an environment whose probes and data are green again.

A copy of this checkout brings up Postgres with 1 GB of documents and vectors, backs it up, and loses every container,
volume and network, and its own state. What counts is `scripts/restore whole`, its `up` and its checks included.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from bench.measure import Measurement
from operations.project import ROOT
from toolchain.image_references import recorded_references

PROMISED_SECONDS = 900
SECONDS = 1800
SKIPPED = shutil.ignore_patterns(".git", ".venv", ".state", "__pycache__", ".*_cache", ".hypothesis", "tests", "out")
FILL = """
CREATE TABLE documents (id int PRIMARY KEY, body text);
ALTER TABLE documents ALTER body SET STORAGE external;
INSERT INTO documents SELECT i, (SELECT string_agg(md5(i::text || j), '') FROM generate_series(1, 240) j)
    FROM generate_series(1, 110000) i;
CREATE TABLE embeddings (id int PRIMARY KEY, embedding vector(384));
INSERT INTO embeddings SELECT i, (SELECT array_agg((sin(i % 200 * j) + sin(i * j) * 0.3)::real)
    FROM generate_series(1, 384) j)::vector FROM generate_series(1, 20000) i;
CREATE INDEX ON embeddings USING hnsw ((embedding::halfvec(384)) halfvec_cosine_ops)
    WITH (m = 16, ef_construction = 64);
SELECT pg_database_size('platform');
"""


@dataclass(frozen=True)
class Lost:
    """A copied checkout with one environment of its own."""

    root: Path
    stack: str

    def run(self, *command: str) -> float:
        """Seconds of one of its scripts, which must end well."""
        began = time.perf_counter()
        script = [str(self.root / "scripts" / command[0]), *command[1:], "-s", self.stack]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PULUMI_")}
        subprocess.run(
            script, cwd=self.root, env=kept, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=True
        )
        return time.perf_counter() - began

    def fill(self) -> int:
        """Bytes of the database."""
        command = ["docker", "exec", "-i", f"ai-platform-{self.stack}-postgres", "psql", "-qtA", "-U", "postgres"]
        command += ["-v", "ON_ERROR_STOP=1", "-d", "platform"]
        done = subprocess.run(command, input=FILL, capture_output=True, text=True, timeout=SECONDS, check=True)
        return int(done.stdout)

    def lose(self) -> None:
        """The host's containers, volumes and networks, and the state. The repository and its password stay."""
        label = f"label=ai-platform.environment={self.stack}"
        for noun, flags in (("container", ("-a",)), ("volume", ()), ("network", ())):
            for name in docker(noun, "ls", "-q", *flags, "--filter", label).split():
                docker(noun, "rm", *(() if noun == "network" else ("--force",)), name)
        for folder in ("backend", "outputs", "stacks"):
            shutil.rmtree(self.root / ".state" / folder, ignore_errors=True)


def docker(*arguments: str) -> str:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=SECONDS, check=True).stdout


@contextlib.contextmanager
def environment() -> Iterator[Lost]:
    """Everything goes at the end of the block."""
    with tempfile.TemporaryDirectory(prefix="ai-platform-bench-") as folder:
        made = Lost(Path(folder) / "checkout", f"bench-{uuid.uuid4().hex[:8]}")
        shutil.copytree(ROOT, made.root, ignore=SKIPPED)
        (made.root / ".venv").symlink_to(ROOT / ".venv")
        (made.root / ".state").mkdir()
        (made.root / ".state" / "images.json").write_text(json.dumps(recorded_references()))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        local = {"kind": "local", "address": "127.0.0.1", "cpus": 2, "memory_gb": 16, "disk_gb": 60}
        sections = {
            "hosts": {"local": local},
            "services": {"postgres": {"host": "local", "port": port, "memory_mb": 2048}},
            "images": {"source": "recorded"},
            "backups": {"repository": str(Path(folder) / "repository")},
        }
        config = {f"ai-platform:{name}": section for name, section in sections.items()}
        (made.root / f"Pulumi.{made.stack}.yaml").write_text(yaml.safe_dump({"config": config}))
        try:
            yield made
        finally:
            made.lose()


def measure() -> Measurement:
    """Wall seconds, once: it takes minutes."""
    with environment() as lost:
        lost.run("up", "--no-question")
        size = lost.fill()
        saved = lost.run("backup")
        lost.lose()
        seconds = lost.run("restore", "whole")
        note = f"one round; database of {size / 1e9:.2f} GB, its backup took {saved:.0f} s"
        return Measurement(seconds, PROMISED_SECONDS, seconds / PROMISED_SECONDS, "s", note)
