"""Which databases an environment has, and which server each lives in. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from planning.plan import Plan


@dataclass(frozen=True, kw_only=True)
class PlacedDatabase:
    """A database by its name, and the instance of `postgres` (or `postgres-native`) that holds it."""

    name: str
    service: str


def backed_up(plan: Plan, service: str) -> bool:
    """Whether backups of the environment take the databases of that service."""
    backups = plan.environment.backups
    return backups is not None and service not in backups.leave_out


def databases_of(plan: Plan) -> tuple[PlacedDatabase, ...]:
    """Each once, in the order of the plan."""
    owned = [
        PlacedDatabase(name=one.database.name, service=one.database_service)
        for one in plan.services
        if one.database and one.database_service
    ]
    declared = [PlacedDatabase(name=one.name, service=one.service) for one in plan.databases]
    return tuple(dict.fromkeys([*owned, *declared]))
