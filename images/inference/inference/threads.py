"""How many processor threads this container may use."""

import math
import os
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")


def available_threads(cgroup: Path = CGROUP) -> int:
    """Whole threads within the affinity mask and the container's quota (rounded up), never below 1.

    Without this, ONNX Runtime starts one thread for each processor of the host, whatever the limit.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = _quota(cgroup)
    return max(1, cores if quota is None else min(cores, math.ceil(quota)))


def _quota(cgroup: Path) -> float | None:
    """The quota in cores, from cgroup v2 or v1; None where there is none."""
    unified = cgroup / "cpu.max"
    legacy = cgroup / "cpu" / "cpu.cfs_quota_us"
    if unified.is_file():
        limit, period = unified.read_text().split()
    elif legacy.is_file():
        limit, period = legacy.read_text(), legacy.with_name("cpu.cfs_period_us").read_text()
    else:
        return None
    if limit.strip() in {"max", "-1"}:
        return None
    return int(limit) / int(period)
