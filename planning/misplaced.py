"""Settings of a service that its kind, or its host, has no use for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from planning.placement import Placement
from settings.environment import Environment
from settings.problem import Problem


def misplaced(environment: Environment, placements: Iterable[Placement]) -> list[Problem]:
    """What would be ignored, or could never work."""
    by_name = {placement.name: placement for placement in placements}
    found = [
        problem
        for placement in by_name.values()
        for problem in (*_host(environment, placement), *_image(placement), *_content(placement))
    ]
    return [*found, *_unroutable(environment, by_name)]


def _host(environment: Environment, placement: Placement) -> Iterator[Problem]:
    kind = environment.hosts[placement.service.host].kind
    if placement.definition.native and kind != "mac":
        yield Problem(
            path=f"services.{placement.name}.host",
            value=placement.service.host,
            cause=f"{placement.definition.kind} runs on a mac only",
            remedy=f"use `kind: {placement.definition.kind.removesuffix('-native')}` on a {kind} host",
        )


def _image(placement: Placement) -> Iterator[Problem]:
    if placement.definition.image is None and not placement.definition.native and not placement.service.image:
        yield Problem(
            path=f"services.{placement.name}.image",
            value="",
            cause="an application's image is yours to name",
            remedy="add `image: repository:tag@sha256:...`",
        )


def _content(placement: Placement) -> Iterator[Problem]:
    if placement.service.site and not placement.definition.site_volume:
        yield Problem(
            path=f"services.{placement.name}.site",
            value=placement.service.site,
            cause=f"{placement.definition.kind} serves no folder of pages",
            remedy="set it at a service of kind web",
        )
    if placement.service.models and not placement.definition.serves_models:
        yield Problem(
            path=f"services.{placement.name}.models",
            value=", ".join(placement.service.models),
            cause="this service serves no models",
            remedy="list models under an ollama service",
        )


def _unroutable(environment: Environment, by_name: dict[str, Placement]) -> Iterator[Problem]:
    for index, route in enumerate(environment.routes):
        for name in route.targets:
            routed = by_name.get(name)
            if routed is None or routed.definition.routable:
                continue
            yield Problem(
                path=f"routes.{index}.{'service' if route.service else 'services'}",
                value=name,
                cause=f"{routed.definition.kind} is never given a public name",
                remedy="route a page that people use, such as open-webui, mlflow or web",
            )
