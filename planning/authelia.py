"""Authelia's configuration and its people, from routes and `people` of the settings. Pure.

Keys and their meaning: www.authelia.com/configuration. Secrets stand in other files, and hashes as placeholders.
"""

from __future__ import annotations

from typing import Any

import yaml

from catalogue.authelia import MEMORY, PORT
from planning.login import asks_authelia
from planning.names import address_of
from settings.environment import Environment
from settings.login_checks import domain, portals
from settings.person import Person, password_secret
from settings.route import Route


def texts(environment: Environment) -> dict[str, str]:
    """What `${authelia.configuration}` and `${authelia.users}` mean."""
    return {"authelia.configuration": _yaml(configuration(environment)), "authelia.users": _yaml(users(environment))}


def configuration(environment: Environment) -> dict[str, Any]:
    """A name that no rule lists is open to nobody. Each login page is that of the domain above it."""
    rules = [_rule(environment, route) for route in environment.routes if asks_authelia(environment, route)]
    # Authelia takes no empty list of rules.
    rules += [{"domain": f"*.{domain(portal)}", "policy": "deny"} for portal in portals(environment)]
    return {
        "theme": "auto",
        "server": {
            "address": f"tcp://0.0.0.0:{PORT}/",
            # Authelia would write for its own health check into a folder that cannot be written.
            "disable_healthcheck": True,
            # Cookies only: what an application sends as `Authorization` is its own affair.
            "endpoints": {
                "authz": {
                    "auth-request": {
                        "implementation": "AuthRequest",
                        "authn_strategies": [{"name": "CookieSession"}],
                    }
                }
            },
        },
        "log": {"level": "info"},
        # Nothing here leaves the network, and there is no second factor that would hang on the time.
        "ntp": {"disable_startup_check": True},
        "totp": {"disable": True},
        "webauthn": {"disable": True},
        "authentication_backend": {
            "password_reset": {"disable": True},
            "password_change": {"disable": True},
            "file": {"path": "/run/secrets/users.yml"},
        },
        "access_control": {"default_policy": "deny", "rules": rules},
        "session": {
            "name": "authelia_session",
            "same_site": "lax",
            "inactivity": "8 hours",
            "expiration": "24 hours",
            "remember_me": -1,
            "cookies": [
                {"domain": domain(portal), "authelia_url": f"https://{address_of(environment, portal)}"}
                for portal in portals(environment)
            ],
        },
        "regulation": {"max_retries": 5, "find_time": "2 minutes", "ban_time": "10 minutes"},
        "storage": {"local": {"path": f"{MEMORY}/db.sqlite3"}},
        "notifier": {"disable_startup_check": True, "filesystem": {"filename": f"{MEMORY}/notification.txt"}},
    }


def users(environment: Environment) -> dict[str, Any]:
    """The file of Authelia's people; the hashes of their passwords are filled in by components."""
    return {"users": {name: _user(name, person) for name, person in environment.people.items()}}


def _rule(environment: Environment, route: Route) -> dict[str, Any]:
    admitted = route.people or tuple(environment.people)
    # A list in the list is one alternative.
    return {
        "domain": route.hostname,
        "policy": "one_factor",
        "subject": [[f"user:{person}"] for person in admitted],
    }


def _user(name: str, person: Person) -> dict[str, Any]:
    return {
        "disabled": False,
        "displayname": person.name,
        "password": f"${{secret.{password_secret(name)}}}",
        "email": person.email,
        "groups": list(person.groups),
    }


def _yaml(document: dict[str, Any]) -> str:
    return str(yaml.safe_dump(document, sort_keys=False, allow_unicode=True))
