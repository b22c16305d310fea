"""Python environments of the tools that benchmarks compare with, apart from the product's own."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from toolchain.places import cache

REQUIREMENTS = Path(__file__).with_name("requirements")
INSTALL_SECONDS = 900


def python_of(name: str, pinned: Path | None = None) -> Path:
    """The Python that has what `pinned` lists, bench/requirements/<name>.txt when left out; made once for each state of
    that file, under the cache.

    Raises CalledProcessError when pip cannot install it.
    """
    pinned = pinned or REQUIREMENTS / f"{name}.txt"
    digest = hashlib.sha256(pinned.read_bytes()).hexdigest()[:12]
    made = cache() / "bench" / f"{name}-{digest}"
    python = made / "bin" / "python"
    if (made / "complete").exists():
        return python
    print(f"installing {name} for the comparison", file=sys.stderr, flush=True)
    shutil.rmtree(made, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", made], check=True, timeout=INSTALL_SECONDS)
    command = [str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps", "-r", str(pinned)]
    subprocess.run(command, check=True, timeout=INSTALL_SECONDS)
    (made / "complete").touch()
    return python
