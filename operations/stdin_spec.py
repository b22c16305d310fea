"""Commands that Pulumi starts read what they are to do from standard input: secrets must not stand in arguments."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from operations.failure import USAGE, Failure

Spec = TypeVar("Spec", bound=BaseModel)


def read_spec(model: type[Spec]) -> Spec:
    """The JSON on standard input as `model`. Raises Failure that names faulty keys, never their values.

    `--help` tells what the command is for, by the text of its module, and ends the process.
    """
    purpose = sys.modules["__main__"].__doc__
    argparse.ArgumentParser(
        usage="%(prog)s < SPECIFICATION.json", description=purpose, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    if sys.stdin.isatty():
        raise Failure("expects a JSON specification on standard input", "it is started by `pulumi up`", USAGE)
    try:
        return model.model_validate(json.loads(sys.stdin.read()))
    except json.JSONDecodeError as error:
        raise Failure(f"standard input is not JSON: {error.msg}", "it is started by `pulumi up`", USAGE) from None
    except ValidationError as error:
        faults = ", ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise Failure(f"faulty specification: {faults}", "it is started by `pulumi up`", USAGE) from None
