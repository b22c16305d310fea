"""Whether what is placed on a host fits it: memory, card memory and disk, each with what stays free.

Status by the free share. The thresholds reproduce the judgement of the workloads' own report (memory at 22 % is
TIGHT, card memory at 17 % is OK, 0 % is FULL): system memory swings most, so it must keep the most.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from catalogue.balancer import BALANCER
from catalogue.language_models import SIZES_GB
from planning.placement import Placement
from settings.environment import Environment
from settings.host import Host
from settings.problem import Problem

Resource = Literal["memory", "unified memory", "card memory", "disk"]
TIGHT_BELOW_PERCENT: dict[Resource, float] = {
    "memory": 25,
    "unified memory": 15,
    "card memory": 10,
    "disk": 20,
}
FULL_BELOW_PERCENT = 1.0
MINIMUM_RENTED_DISK_GB = 100
"""TensorDock refuses smaller disks (instance-creation documentation)."""


@dataclass(frozen=True, kw_only=True)
class Fit:
    """One resource of one host, in GB. `allocated` includes what the host reserves."""

    host: str
    resource: Resource
    capacity: float
    allocated: float

    @property
    def free(self) -> float:
        return self.capacity - self.allocated

    @property
    def percent(self) -> float:
        return 100 * self.free / self.capacity

    @property
    def status(self) -> Literal["OK", "TIGHT", "FULL", "OVER"]:
        if self.free < 0:
            return "OVER"
        if self.percent < FULL_BELOW_PERCENT:
            return "FULL"
        return "TIGHT" if self.percent < TIGHT_BELOW_PERCENT[self.resource] else "OK"


def fits(environment: Environment, placements: list[Placement]) -> list[Fit]:
    """One row per host and resource, in the order of the settings."""
    by_host: dict[str, list[Placement]] = {name: [] for name in environment.hosts}
    for placement in placements:
        by_host[placement.service.host].append(placement)
    return [
        row for name, host in environment.hosts.items() for row in _host_fits(name, host, by_host[name], environment)
    ]


def refusals(environment: Environment, rows: list[Fit]) -> list[Problem]:
    """What does not fit, with the numbers; and what the provider of a rented machine refuses, with its reason."""
    problems = [
        Problem(
            path=f"hosts.{row.host}",
            value=f"{row.capacity:g} GB {row.resource}",
            cause=f"{row.allocated:.1f} GB are needed, {-row.free:.1f} GB more than there is",
            remedy="move a service to another host, lower its limits, or load fewer models at once",
        )
        for row in rows
        if row.status == "OVER"
    ]
    for name, host in environment.hosts.items():
        if host.kind == "gpu_vm" and host.disk_gb < MINIMUM_RENTED_DISK_GB:
            problems.append(
                Problem(
                    path=f"hosts.{name}.disk_gb",
                    value=f"{host.disk_gb:g}",
                    cause=f"TensorDock rents no disk under {MINIMUM_RENTED_DISK_GB} GB",
                    remedy=f"set it to {MINIMUM_RENTED_DISK_GB} or more",
                )
            )
    return problems


def model_sizes(environment: Environment, placement: Placement) -> list[float]:
    """Sizes of the models of a service, GB, largest first; unknown ones are reported by `unknown_models`."""
    sizes = SIZES_GB | environment.models.sizes_gb
    return sorted((sizes.get(model, 0.0) for model in placement.service.models), reverse=True)


def unknown_models(environment: Environment, placements: list[Placement]) -> list[Problem]:
    """Models whose size nobody has stated: without it no fit can be promised."""
    sizes = SIZES_GB | environment.models.sizes_gb
    return [
        Problem(
            path=f"services.{placement.name}.models",
            value=model,
            cause="its size is not known",
            remedy=f"add `models.sizes_gb: {{{model!r}: <GB>}}`",
        )
        for placement in placements
        for model in placement.service.models
        if model not in sizes
    ]


def _host_fits(name: str, host: Host, placements: list[Placement], environment: Environment) -> list[Fit]:
    memory = host.reserved_memory_gb + sum(_memory_gb(placement, environment) for placement in placements)
    disk = host.reserved_disk_gb + sum(_disk_gb(placement, environment) for placement in placements)
    resource: Resource = "unified memory" if host.kind == "mac" else "memory"
    rows = [
        Fit(host=name, resource=resource, capacity=host.memory_gb, allocated=memory),
        Fit(host=name, resource="disk", capacity=host.disk_gb, allocated=disk),
    ]
    if host.gpu:
        card = host.reserved_vram_gb + sum(_card_gb(placement, environment) for placement in placements)
        rows.append(Fit(host=name, resource="card memory", capacity=host.gpu.vram_gb, allocated=card))
    return rows


def _memory_gb(placement: Placement, environment: Environment) -> float:
    limit = placement.service.replicas * (placement.service.memory_mb or placement.definition.memory_mb) / 1024
    limit += BALANCER.memory_mb / 1024 if placement.service.replicas > 1 else 0
    # A container's limit holds its models; a native process has no limit, so its models count on top.
    return limit + _loaded_gb(placement, environment) if placement.definition.native else limit


def _disk_gb(placement: Placement, environment: Environment) -> float:
    stated = placement.service.disk_gb or placement.definition.disk_gb
    return stated + sum(model_sizes(environment, placement))


def _card_gb(placement: Placement, environment: Environment) -> float:
    if placement.service.vram_gb is not None:
        return placement.service.vram_gb
    return _loaded_gb(placement, environment)


def _loaded_gb(placement: Placement, environment: Environment) -> float:
    return sum(model_sizes(environment, placement)[: placement.service.loaded_models])
