"""Values of the secrets that a host's role asks for, where a run by hand can know them."""

from __future__ import annotations

from collections.abc import Sequence

from operations.failure import USAGE, Failure
from operations.outputs import stack_outputs

PASSWORD = "password."  # noqa: S105  (how __main__.py names generated passwords)


def secrets_of(stack: str, host: str, names: Sequence[str]) -> dict[str, str]:
    """Generated passwords, certificates and their keys, from the outputs of the last `make up`.

    Raises Failure for what is not among them.
    """
    if not names:
        return {}
    outputs = stack_outputs(stack)
    known = {f"{PASSWORD}{name}": value for name, value in outputs.credentials.items()} | outputs.certificates
    unknown = [name for name in names if name not in known]
    if unknown:
        raise Failure(
            f"hosts.{host} needs secrets that only the engine knows: {', '.join(unknown)}",
            f"make up STACK={stack}",
            USAGE,
        )
    return {name: known[name].get_secret_value() for name in names}
