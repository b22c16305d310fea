"""The Docker engine of a Linux host, and NVIDIA cards for its containers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from hosts.linux.spec import LinuxSpec
from hosts.step import Step

SETTINGS_FILE = "/etc/docker/daemon.json"
RECORD_FILE = "/etc/ai-platform/docker.json"
"""What we last put into the settings file: these keys are ours, all others are not."""
MERGE = Path(__file__).with_name("merge_settings.py")

# Containers go on while the engine restarts, and their logs never fill the disk.
SETTINGS = {
    "live-restore": True,
    "log-driver": "json-file",
    "log-opts": {"max-file": "5", "max-size": "20m"},
}


def docker_steps(spec: LinuxSpec) -> Iterator[Step]:
    """Engine, cards and the login user's right to use it; nothing for a host without containers."""
    if not spec.docker:
        return
    wanted = json.dumps(SETTINGS, sort_keys=True)
    arguments = (SETTINGS_FILE, RECORD_FILE, MERGE.read_text(encoding="utf-8"), wanted, str(spec.package_wait_seconds))
    yield Step("docker engine", 600, "step_docker", arguments, shown=wanted)
    if spec.gpu_memory_gb:
        yield Step("nvidia runtime", 180, "step_nvidia_runtime", (SETTINGS_FILE,), shown="nvidia")
    yield Step("docker group", 30, "step_group", ("docker", spec.user))
