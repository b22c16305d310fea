"""The table of contents: settings, plan, secrets, hosts, services, edge, outputs."""

from __future__ import annotations

import asyncio
import gc

# Nearly all that the imports make lives to the end; looking for garbage among it took a tenth of the program's start.
gc.disable()

import pulumi
from pulumi.runtime.sync_await import _sync_await

from components.certificates import certificates
from components.host_access import HostAccess
from components.passwords import Passwords, PasswordsArgs
from components.services import Services
from planning.build import build
from planning.passwords import password_names
from settings import stack
from settings.problem import SettingsError
from toolchain.image_references import references

gc.freeze()
gc.enable()


def main() -> None:
    parsed = stack.current()
    try:
        plan = build(parsed, references(parsed.environment.images.source))
    except SettingsError as error:
        raise pulumi.RunError(str(error)) from None

    passwords = Passwords("passwords", PasswordsArgs(names=password_names(plan)))
    secrets = {f"password.{name}": value for name, value in passwords.values.items()}
    for name, value in plan.environment.secrets.items():
        secrets[f"secret.{name}"] = pulumi.Output.secret(value.get_secret_value())

    edge = None
    if plan.environment.edge and plan.environment.outside:
        # Imported here: the Cloudflare SDK is large, and most environments have no public names.
        from components.edge import Edge  # noqa: PLC0415

        token, base_url = stack.cloudflare(plan.environment)
        edge = Edge(plan, pulumi.Output.secret(token), base_url)
        secrets["secret.tunnel-token"] = edge.token
        secrets["secret.access-audiences"] = edge.audiences

    certified = certificates(plan)
    secrets |= certified

    access = HostAccess(plan, secrets)
    services = Services(plan, access, secrets, after={"proxy": edge.protection} if edge else {})

    if edge:
        edge.open_names(services.of_kind("tunnel"), [*services.of_kind("access-check"), *services.of_kind("proxy")])

    pulumi.export("endpoints", plan.endpoints)
    if access.machines:
        pulumi.export("machines", {name: machine.output for name, machine in access.machines.items()})
    pulumi.export("models", plan.environment.models.model_dump(include={"chat", "embedding", "embedding_dimension"}))
    # Of no values at all `Output.all` makes a list.
    given = {**passwords.values, **(edge.credentials if edge else {})}
    credentials = pulumi.Output.all(**given) if given else pulumi.Output.from_input({})
    pulumi.export("credentials", pulumi.Output.secret(credentials))
    if certified:
        pulumi.export("certificates", pulumi.Output.secret(pulumi.Output.all(**certified)))
    # A turn for the requests to begin: the SDK then waits for them in turn, and else goes over all outputs with each.
    _sync_await(asyncio.sleep(0))


main()
