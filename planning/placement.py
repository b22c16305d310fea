"""Which catalogue entry each service is, and which instance serves each of its needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from catalogue.definition import Definition, Want
from settings.environment import Environment
from settings.problem import Problem
from settings.service import Service
from settings.unknown import unknown


@dataclass(frozen=True, kw_only=True)
class Placement:
    """One service with its catalogue entry; `needs` maps a needed kind to the instance that serves it.

    `wants` does the same for what the service can do without, as far as it is there.
    """

    name: str
    service: Service
    definition: Definition
    needs: dict[str, str]
    wants: dict[str, str]

    @property
    def wanted(self) -> tuple[Want, ...]:
        """What the catalogue adds for the wants that are served."""
        return tuple(want for want in self.definition.wants if want.kind in self.wants)


def place(
    environment: Environment, definitions: Mapping[str, Definition], faulty: frozenset[str]
) -> tuple[list[Placement], list[Problem]]:
    """Placements in an order in which each comes after what it needs, and what stands against them."""
    problems: list[Problem] = []
    kinds: dict[str, str] = {}
    for name, service in environment.services.items():
        kind = service.kind or name
        if kind in definitions:
            kinds[name] = kind
        else:
            problems.append(unknown(f"services.{name}.kind", kind, definitions, "catalogue entry"))
    instances: dict[str, list[str]] = {}
    neighbours: dict[tuple[str, str], list[str]] = {}
    for name, kind in kinds.items():
        served = definitions[kind].stands_before or serving(kind)
        instances.setdefault(served, []).append(name)
        neighbours.setdefault((served, environment.services[name].host), []).append(name)
    placements: dict[str, Placement] = {}
    for name, kind in kinds.items():
        service, definition = environment.services[name], definitions[kind]
        needs: dict[str, str] = {}
        for needed in definition.needs:
            before = {other for other in kinds if definitions[kinds[other]].stands_before == needed}
            able = [other for other in instances.get(needed, []) if name not in before or other not in before]
            near = [other for other in neighbours.get((needed, service.host), []) if other in able]
            candidates = near or able
            found = _instance(name, service, needed, able, [one for one in candidates if one in before] or candidates)
            if isinstance(found, str):
                needs[needed] = found
            elif not faulty:  # the instance may be one that could not be read
                problems.append(found)
        wants: dict[str, str] = {}
        for want in definition.wants:
            near = neighbours.get((want.kind, service.host), [])
            found = _instance(name, service, want.kind, instances.get(want.kind, []), near)
            # One that is not chosen is taken from the same host only: another is no gain, and may be out of reach.
            if isinstance(found, str) and (found in near or want.kind in service.uses):
                wants[want.kind] = found
            elif isinstance(found, Problem) and want.kind in service.uses and not faulty:
                problems.append(found)
        problems += _unused_choices(name, service, definition)
        placements[name] = Placement(name=name, service=service, definition=definition, needs=needs, wants=wants)
    return _ordered(placements, problems), problems


def serving(kind: str) -> str:
    """The need that `kind` serves: native Ollama answers like the one in a container."""
    return kind.removesuffix("-native")


def _instance(name: str, service: Service, needed: str, instances: list[str], candidates: list[str]) -> str | Problem:
    """The instance that serves a need: the chosen one, else the only candidate.

    Candidates are the instances on its host, else all; of these, the ones that stand before the others, if any.
    """
    chosen = service.uses.get(needed)
    if chosen is not None:
        if chosen in instances:
            return chosen
        return unknown(f"services.{name}.uses.{needed}", chosen, instances, f"{needed} service")
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        return Problem(
            path=f"services.{name}.uses",
            value="",
            cause=f"several services could be its {needed}: {', '.join(candidates)}",
            remedy=f"choose one: `uses: {{{needed}: {candidates[0]}}}`",
        )
    return Problem(
        path=f"services.{name}",
        value="",
        cause=f"needs a service of kind {needed}, and there is none",
        remedy=f"add `{needed}:` with a host under services",
    )


def _unused_choices(name: str, service: Service, definition: Definition) -> list[Problem]:
    known = (*definition.needs, *(want.kind for want in definition.wants))
    return [
        unknown(f"services.{name}.uses.{kind}", chosen, known, "need of this service")
        for kind, chosen in service.uses.items()
        if kind not in known
    ]


def _ordered(placements: dict[str, Placement], problems: list[Problem]) -> list[Placement]:
    graph = {name: sorted(set(placement.needs.values())) for name, placement in placements.items()}
    try:
        return [placements[name] for name in TopologicalSorter(graph).static_order()]
    except CycleError as error:
        cycle: list[str] = error.args[1]
        problems.append(
            Problem(
                path=f"services.{cycle[0]}",
                value="",
                cause=f"needs itself: {' -> '.join(cycle)}",
                remedy="break the circle with `uses:`",
            )
        )
        return list(placements.values())
