"""From settings to plan: the one way in."""

from __future__ import annotations

from collections.abc import Mapping

from catalogue.load import definitions
from planning import addresses, cost, fetched_models, fit, ports, replicas
from planning.containers import container
from planning.endpoints import endpoints
from planning.managed_databases import database_problems, planned_databases
from planning.placeholders import unknown_placeholders
from planning.placement import Placement, place
from planning.plan import Plan, PlannedService
from planning.redis import misplaced_redis
from settings.environment import Environment
from settings.parsed import Parsed
from settings.problem import Problem


def build(parsed: Parsed, images: Mapping[str, str]) -> Plan:
    """The plan of a configuration. `images` maps image names to references (see planning/images.py).

    Raises SettingsError with every problem: those of the settings and those that only planning can see.
    """
    environment = parsed.environment
    placements, problems = place(environment, definitions(), parsed.faulty)
    placed = [placement for placement in placements if placement.service.host in environment.hosts]
    problems += _problems(environment, placed)
    environment = parsed.valid(problems)
    by_name = {placement.name: placement for placement in placed}
    return Plan(
        environment=environment,
        hosts=environment.hosts,
        services=tuple(_service(environment, placement, by_name, images) for placement in placed),
        databases=planned_databases(environment),
        endpoints=endpoints(environment, placed),
    )


def _problems(environment: Environment, placements: list[Placement]) -> list[Problem]:
    by_name = {placement.name: placement for placement in placements}
    rows = fit.fits(environment, placements)
    return [
        *ports.collisions(environment, placements),
        *addresses.unreachable(environment, by_name),
        *fit.unknown_models(environment, placements),
        *fetched_models.unpinned(environment, placements),
        *fit.refusals(environment, rows),
        *cost.over_budget(environment),
        *replicas.refusals(environment, placements),
        *_misplaced(environment, placements),
        *_unfilled(environment, by_name),
        *database_problems(environment, by_name),
        *misplaced_redis(by_name),
    ]


def _misplaced(environment: Environment, placements: list[Placement]) -> list[Problem]:
    problems = []
    by_name = {placement.name: placement for placement in placements}
    for placement in placements:
        path, kind = f"services.{placement.name}", environment.hosts[placement.service.host].kind
        if placement.definition.native and kind != "mac":
            problems.append(
                Problem(
                    path=f"{path}.host",
                    value=placement.service.host,
                    cause=f"{placement.definition.kind} runs on a mac only",
                    remedy=f"use `kind: {placement.definition.kind.removesuffix('-native')}` on a {kind} host",
                )
            )
        if placement.definition.image is None and not placement.definition.native and not placement.service.image:
            problems.append(
                Problem(
                    path=f"{path}.image",
                    value="",
                    cause="an application's image is yours to name",
                    remedy="add `image: repository:tag@sha256:...`",
                )
            )
        if placement.service.site and not placement.definition.site_volume:
            problems.append(
                Problem(
                    path=f"{path}.site",
                    value=placement.service.site,
                    cause=f"{placement.definition.kind} serves no folder of pages",
                    remedy="set it at a service of kind web",
                )
            )
        if placement.service.models and not placement.definition.serves_models:
            problems.append(
                Problem(
                    path=f"{path}.models",
                    value=", ".join(placement.service.models),
                    cause="this service serves no models",
                    remedy="list models under an ollama service",
                )
            )
    for index, route in enumerate(environment.routes):
        routed = by_name.get(route.service)
        if routed and not routed.definition.routable:
            problems.append(
                Problem(
                    path=f"routes.{index}.service",
                    value=route.service,
                    cause=f"{routed.definition.kind} is never given a public name",
                    remedy="route a page that people use, such as open-webui, mlflow or web",
                )
            )
    return problems


def _unfilled(environment: Environment, by_name: Mapping[str, Placement]) -> list[Problem]:
    reachable = {
        name: one for name, one in by_name.items() if {*one.needs.values(), *one.wants.values()} <= by_name.keys()
    }
    return [
        problem
        for placement in reachable.values()
        if len(placement.needs) == len(placement.definition.needs)
        for problem in unknown_placeholders(
            environment, placement, addresses.values_for(environment, placement, by_name)
        )
    ]


def _service(
    environment: Environment,
    placement: Placement,
    by_name: Mapping[str, Placement],
    images: Mapping[str, str],
) -> PlannedService:
    host = environment.hosts[placement.service.host]
    values = addresses.values_for(environment, placement, by_name)
    database = placement.definition.database
    first = container(environment, placement, host, values, images)
    return PlannedService(
        name=placement.name,
        kind=placement.definition.kind,
        host=placement.service.host,
        address=host.address or placement.service.host,
        port=ports.port_of(placement),
        needs=tuple(placement.needs.values()),
        models=placement.service.models,
        database=database,
        database_service=placement.needs.get("postgres", placement.name) if database else None,
        bucket=placement.definition.bucket,
        bucket_service=placement.needs.get("s3") if placement.definition.bucket else None,
        container=first,
        replicas=replicas.replicas(placement, first, images) if first else None,
        site=placement.service.site,
        site_volume=placement.definition.site_volume,
        passwords=placement.definition.passwords,
    )
