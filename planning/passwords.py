"""Which generated passwords an environment needs: those of its files, databases and native services."""

from __future__ import annotations

import re

from planning.plan import Plan

PLACEHOLDER = re.compile(r"\$\{password\.([a-z0-9_.-]+)\}")


def database_password(role: str) -> str:
    """Name of the password of a database role."""
    return f"{role}-database"


def password_names(plan: Plan) -> list[str]:
    names = {database_password(service.database.role) for service in plan.services if service.database}
    for service in plan.services:
        names.update(service.passwords)
        for file in service.container.given if service.container else ():
            names.update(PLACEHOLDER.findall(file.template))
    names.update(login.password for database in plan.databases for login in database.logins)
    return sorted(names)
