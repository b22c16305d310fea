"""`python -m inference export SOURCE TARGET` makes a model folder of ONNX graphs, plain and quantised."""

import argparse
import logging
import sys
from pathlib import Path

from inference.export.folder import export
from inference.models import ModelError
from inference.threads import available_threads


def main(arguments: list[str]) -> int:
    """Exports one model; 0 when it is there, 1 when not."""
    parser = argparse.ArgumentParser(prog="python -m inference export", description=__doc__)
    parser.add_argument("source", type=Path, help="folder with an ONNX export, or with a BERT's model.safetensors")
    parser.add_argument("target", type=Path, help="new folder, e.g. /models/OWNER--NAME")
    parser.add_argument(
        "--precision",
        action="append",
        choices=["fp32", "int8"],
        help="fp32, int8 (signed weights, a scale for each channel) or, given twice, both (default: both)",
    )
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        export(chosen.source, chosen.target, chosen.precision or ["fp32", "int8"], available_threads())
    except (ModelError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(chosen.target)
    return 0
