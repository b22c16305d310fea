"""sw_vers(1): product name and version of the system."""

from __future__ import annotations

from ..hardware import BUILD_VERSION, PRODUCT_VERSION

FACTS = {"ProductName": "macOS", "ProductVersion": PRODUCT_VERSION, "BuildVersion": BUILD_VERSION}


def main(arguments: list[str]) -> int:
    """Print all facts, or the one asked for by -productName and so on."""
    asked = {argument.lstrip("-").lower() for argument in arguments}
    for name, value in FACTS.items():
        if not asked:
            print(f"{name}:\t\t{value}")
        elif name.lower() in asked:
            print(value)
    return 0
