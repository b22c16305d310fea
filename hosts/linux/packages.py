"""Debian packages of a host, in one step: apt resolves and installs all that is missing at once."""

from __future__ import annotations

from collections.abc import Mapping

from hosts.linux.spec import LinuxSpec
from hosts.package import Package
from hosts.step import Step

# The step itself runs without any of these. python3 merges Docker's settings.
ALWAYS = ("ca-certificates", "chrony", "nftables", "python3", "unattended-upgrades")
# Packages of which one is enough: what somebody has installed already is kept.
INSTEAD: Mapping[str, tuple[str, ...]] = {
    "chrony": ("systemd-timesyncd", "ntpsec", "ntp"),
    "docker.io": ("docker-ce", "moby-engine"),
}


def packages_step(spec: LinuxSpec) -> Step:
    """Installs what is missing, holds what has a version, upgrades and removes nothing."""
    asked = {package.name: package for package in spec.packages}
    wanted = {name: Package(name=name) for name in _needed(spec)} | asked
    packages = [wanted[name] for name in sorted(wanted)]
    words = [
        word
        for one in packages
        # A package that the settings name is meant itself.
        for word in (one.name, one.version, " ".join(() if one.name in asked else INSTEAD.get(one.name, ())))
    ]
    shown = "".join(f"{one.name} {one.version}".strip() + "\n" for one in packages)
    return Step("packages", 1800, "step_packages", (str(spec.package_wait_seconds), *words), shown=shown)


def _needed(spec: LinuxSpec) -> tuple[str, ...]:
    if not spec.docker:
        return ALWAYS
    return (*ALWAYS, "docker.io", "iptables", *(["nvidia-container-toolkit"] if spec.gpu_memory_gb else []))
