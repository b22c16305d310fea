"""Images made byte by byte: no command runs in them, they only have to travel."""

from __future__ import annotations

import hashlib
import io
import json
import random
import subprocess
import tarfile
from collections.abc import Sequence

MACHINE = {"x86_64": "amd64", "aarch64": "arm64"}


def layer(seed: str, size: int) -> bytes:
    """A layer with one file that nothing can compress; the same for the same seed."""
    return tar({f"{seed}.bin": random.Random(seed).randbytes(size)})


def load_image(reference: str, layers: Sequence[bytes], architecture: str) -> str:
    """Puts an image of these layers into this machine's engine; its identifier."""
    digests = [f"sha256:{hashlib.sha256(one).hexdigest()}" for one in layers]
    config = {
        "architecture": architecture, "os": "linux", "created": "2026-01-01T00:00:00Z",
        "config": {"Cmd": ["/none"]}, "rootfs": {"type": "layers", "diff_ids": digests},
    }  # fmt: skip
    names = [f"{index}/layer.tar" for index in range(len(layers))]
    manifest = [{"Config": "config.json", "RepoTags": [reference], "Layers": names}]
    files = {"config.json": json.dumps(config).encode(), "manifest.json": json.dumps(manifest).encode()}
    packed = tar({**files, **dict(zip(names, layers, strict=True))})
    subprocess.run(["docker", "load", "--quiet"], input=packed, capture_output=True, timeout=120, check=True)
    return f"sha256:{hashlib.sha256(files['config.json']).hexdigest()}"


def tar(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()
