"""All files of an ejected environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import yaml

from eject.compose import compose
from eject.guide import guide
from eject.host_files import asked_for, host_files
from eject.sql import database_files
from eject.tunnel import tunnel_file
from eject.variables import quoted, used, variable
from planning.certificates import AUTHORITY
from planning.passwords import password_names
from planning.plan import Plan

PRIVATE = 0o600
READABLE = 0o644
RUNNABLE = 0o755


@dataclass(frozen=True, kw_only=True)
class EjectedFile:
    """`path` is relative to the folder; `mode` as chmod takes it."""

    path: str
    text: str
    mode: int = READABLE


def bundle(
    plan: Plan, secrets: Mapping[str, str] | None = None, images: Sequence[EjectedFile] = ()
) -> list[EjectedFile]:
    """`secrets` maps `password.NAME` and `secret.NAME` to values; without them no file holds any.

    `images` are the sources of images that no registry has.

    Raises ValueError that names the secret which a line of `.env` cannot hold.
    """
    return [
        EjectedFile(path="README.md", text=guide(plan, with_secrets=secrets is not None, builds=bool(images))),
        *images,
        *_environment(plan, secrets),
        *_hosts(plan),
        *(EjectedFile(path=f"databases/{name}", text=text) for name, text in database_files(plan)),
        *(EjectedFile(path=f"tunnel/{name}", text=text) for name, text in filter(None, [tunnel_file(plan)])),
    ]


def wanted(plan: Plan) -> list[str]:
    """Every secret that the files refer to, as `password.NAME` or `secret.NAME`."""
    names = {f"password.{name}" for name in password_names(plan)}
    for service in plan.services:
        for file in service.container.given if service.container else ():
            names |= {f"{kind}.{name}" for kind, name in used(file.template)}
    names |= {name for host in plan.hosts for name in asked_for(plan, host)}
    # Clients outside verify what is served with it.
    names |= {AUTHORITY} if any(service.certificate_names for service in plan.services) else set()
    return sorted(names)


def _environment(plan: Plan, secrets: Mapping[str, str] | None) -> Iterator[EjectedFile]:
    names = {name: variable(*name.split(".", 1)) for name in wanted(plan)}
    yield EjectedFile(path=".env.example", text="".join(f"{each}=\n" for each in sorted(names.values())))
    if secrets is None:
        return
    lines = []
    for name, each in sorted(names.items(), key=lambda one: one[1]):
        try:
            lines.append(f"{each}={quoted(secrets[name]) if name in secrets else ''}\n")
        except ValueError as error:
            raise ValueError(f"{name} {error}") from None
    yield EjectedFile(path=".env", text="".join(lines), mode=PRIVATE)


def _hosts(plan: Plan) -> Iterator[EjectedFile]:
    for host in plan.hosts:
        if document := compose(plan, host):
            text = yaml.dump(document, Dumper=_Whole, sort_keys=False, allow_unicode=True, width=1000)
            yield EjectedFile(path=f"{host}/compose.yaml", text=text)
        for path, text in host_files(plan, host):
            yield EjectedFile(path=f"{host}/{path}", text=text, mode=RUNNABLE if path.endswith(".sh") else READABLE)


class _Whole(yaml.SafeDumper):
    """Writes texts of several lines as blocks, to be read."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Whole.add_representer(str, _text)
