"""The machine that the simulator claims to be."""

from __future__ import annotations

PRODUCT_VERSION = "26.6.2"
BUILD_VERSION = "25G83"
CPUS = 10
MEMORY_BYTES = 32 * 1024**3
CHIP = "Apple M4"
