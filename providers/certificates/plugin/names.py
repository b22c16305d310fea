"""What a server's certificate can be issued for: addresses and DNS names. Pure."""

import ipaddress
import re
from collections.abc import Iterator
from typing import Any, Final

from providers.common.schema import Failure

LONGEST_COMMON_NAME: Final = 64  # characters, RFC 5280 appendix A.1
LONGEST_NAME: Final = 253  # characters, RFC 1035 section 2.3.4 without the final dot
_LABEL: Final = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")


def name_failures(names: Any) -> Iterator[Failure]:
    """What is neither an address nor a DNS name (`*` may stand for its first label). Anything unknown passes."""
    if not isinstance(names, list):
        return
    if not names:
        yield Failure("names", "is empty; a certificate is for one name at least")
    for position, name in enumerate(names):
        if isinstance(name, str) and not _is_name(name):
            yield Failure(f"names[{position}]", f"is {name!r}, which is neither an address nor a DNS name (lower case)")


def _is_name(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return len(name) <= LONGEST_NAME and all(map(_LABEL.fullmatch, name.removeprefix("*.").split(".")))
    return True
