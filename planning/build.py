"""From settings to plan: the one way in."""

from __future__ import annotations

from collections.abc import Mapping

from catalogue.load import definitions
from planning import addresses, connectors, cost, fetched_models, fit, ports, replicas
from planning.access import access_values
from planning.certificates import certificate_names
from planning.containers import container
from planning.endpoints import endpoints
from planning.fronts import front_problems, front_values
from planning.managed_databases import database_problems, planned_databases
from planning.misplaced import misplaced
from planning.origin_checks import origin_problems
from planning.placeholders import unknown_placeholders
from planning.placement import Placement, place
from planning.plan import Plan, PlannedService
from planning.proxy import proxy_values
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
        *connectors.unreachable(environment, by_name),
        *fit.unknown_models(environment, placements),
        *fetched_models.unpinned(environment, placements),
        *fit.refusals(environment, rows),
        *cost.over_budget(environment),
        *replicas.refusals(environment, placements),
        *misplaced(environment, placements),
        *_unfilled(environment, by_name),
        *database_problems(environment, by_name),
        *misplaced_redis(by_name),
        *origin_problems(environment, placements),
        *front_problems(environment, by_name),
    ]


def _unfilled(environment: Environment, by_name: Mapping[str, Placement]) -> list[Problem]:
    reachable = {
        name: one for name, one in by_name.items() if {*one.needs.values(), *one.wants.values()} <= by_name.keys()
    }
    return [
        problem
        for placement in reachable.values()
        if len(placement.needs) == len(placement.definition.needs)
        for problem in unknown_placeholders(environment, placement, _values(environment, placement, by_name))
    ]


def _values(environment: Environment, placement: Placement, by_name: Mapping[str, Placement]) -> dict[str, str]:
    return {
        **addresses.values_for(environment, placement, by_name),
        **access_values(environment),
        **proxy_values(environment, placement, by_name),
        **front_values(environment, placement, by_name),
    }


def _service(
    environment: Environment,
    placement: Placement,
    by_name: Mapping[str, Placement],
    images: Mapping[str, str],
) -> PlannedService:
    host = environment.hosts[placement.service.host]
    values = _values(environment, placement, by_name)
    database = placement.definition.database
    first = container(environment, placement, host, values, images)
    if first:
        first = connectors.connector(environment, placement, first)
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
        certificate_names=certificate_names(environment, placement),
        wants=tuple(placement.wants.values()),
    )
