"""The README of an ejected environment: what to do by hand, in which order, without any verb of this project."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from eject.host_files import SCRIPT, asked_for
from eject.variables import variable
from hosts.login_command import login_command
from planning.origins import CHECK
from planning.passwords import database_password
from planning.plan import Plan, PlannedService

HEAD = """\
# {name}, on its own

These files bring up the environment `{name}` without the project that wrote them. They need Docker Compose 2.23.1 or
newer, and `psql` inside the Postgres container, which has it.

Volumes keep the names that they had, so containers find the data that is there. Stop the old containers first: names
and ports are the same (`docker rm -f $(docker ps -q --filter label=ai-platform.environment={name})`).

`.env` holds every password, one a line, and must stay private (`chmod 600 .env`). {secrets}
"""
WITH = "It was written together with these files."
WITHOUT = "It was not written: copy `.env.example` to `.env` and fill it in. Existing data knows the old passwords."

WAITING = "A container that needs one of another machine starts again until that is there."
CERTIFICATES = """\
{own} and `AUTHORITY_CERTIFICATE` in `.env` hold PEM texts, each between single quotes. A certificate lasts a year; \
`openssl x509 -noout -enddate` tells its end. With OpenSSL 3 these make all of them anew, an authority included:

{block}"""
PARTS = ("certificate", "key")
AUDIENCES = (
    "`SECRET_ACCESS_AUDIENCES` in `.env` is the audience of each login (Access application, Overview), as JSON: "
    '`\'{"chat.example.com": "AUDIENCE"}\'`.'
)
BUILD = "They are built from the sources in `images/`, on each machine that runs them, or sent with `docker save`."


def guide(plan: Plan, *, with_secrets: bool, builds: bool) -> str:
    """Markdown, one part after the other. `builds`: some images are built from the sources beside it."""
    parts = [HEAD.format(name=plan.name, secrets=WITH if with_secrets else WITHOUT)]
    built = [("Images without a registry", f"{BUILD}\n\n{_block(['sh images/build.sh'])}")] if builds else []
    for number, (title, text) in enumerate([*built, *_parts(plan)], start=1):
        parts.append(f"## {number}. {title}\n\n{text}\n")
    return "\n".join(parts)


def _parts(plan: Plan) -> Iterator[tuple[str, str]]:
    scripts = [name for name in plan.hosts if asked_for(plan, name) or plan.hosts[name].kind in ("mac", "linux")]
    if scripts:
        yield "Machines", "\n\n".join(_machine(plan, name) for name in scripts)
    yield from _certificates(plan)
    order = list(dict.fromkeys(service.host for service in plan.services if service.container))
    if order:
        lines = [f"docker compose --env-file .env --file {host}/compose.yaml up --detach --wait" for host in order]
        yield "Containers, each file on its own machine", f"{_block(lines)}\n\n{WAITING}"
    yield from _data(plan)
    if plan.environment.outside:
        text = "`tunnel/config.yml` says which name leads where. Make each login before its record."
        checked = any(service.kind == CHECK for service in plan.services)
        yield "Public names", f"{text}\n\n{AUDIENCES}" if checked else text


def _machine(plan: Plan, name: str) -> str:
    host = plan.hosts[name]
    login = f"{host.ssh.user}@{host.address}" if host.ssh else name
    secrets = asked_for(plan, name)
    pairs = " ".join(
        f"{one}:$(printf %s \"${variable(*one.split('.', 1))}\" | base64 | tr -d '\\n')" for one in secrets
    )
    fill = [". ./.env"] if secrets else []
    send = f'{{ echo "{pairs}"; cat {name}/{SCRIPT}; }} | ssh {login} "{_escaped(login_command("apply"))}"'
    return f"`{name}`: the script changes only what differs, and tells it.\n\n{_block([*fill, send])}"


def _certificates(plan: Plan) -> Iterator[tuple[str, str]]:
    certified = [service for service in plan.services if service.certificate_names]
    if not certified:
        return
    request = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    lines = [
        f"{request} -days 3650 -subj '/CN={plan.name}' -addext keyUsage=critical,keyCertSign "
        "-keyout authority.key -out authority.pem"
    ]
    for service in certified:
        names = ",".join(f"{'IP' if _is_address(name) else 'DNS'}:{name}" for name in service.certificate_names)
        lines.append(
            f"{request} -CA authority.pem -CAkey authority.key -days 365 -subj /CN={service.name} "
            f"-addext basicConstraints=critical,CA:FALSE -addext subjectAltName={names} "
            f"-keyout {service.name}.key -out {service.name}.pem"
        )
    own = ", ".join(f"`{variable('certificate', f'{one.name}.{part}')}`" for one in certified for part in PARTS)
    yield "Certificates", CERTIFICATES.format(own=own, block=_block(lines))


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _data(plan: Plan) -> Iterator[tuple[str, str]]:
    lines = [line for server in plan.services for line in _sql(plan, server)]
    if lines:
        yield "Databases, before the services that use them", _block(["set -a; . ./.env; set +a", *lines])
    buckets = sorted({one.bucket for one in plan.services if one.bucket})
    if buckets:
        yield "Buckets", f"Make them in the S3 store with any client: {', '.join(buckets)}."
    pulls = [
        f"OLLAMA_HOST={one.address}:{one.port} ollama pull {model}" for one in plan.services for model in one.models
    ]
    if pulls:
        yield "Language models", _block(pulls)
    fetched = [(one.name, one.container.model) for one in plan.services if one.container and one.container.model]
    if fetched:
        text = "\n".join(f"- `{name}`: {model.name} at commit {model.revision}" for name, model in fetched)
        yield "Models of the Hugging Face hub, into the volumes of their services", text


def _sql(plan: Plan, server: PlannedService) -> Iterator[str]:
    own = [one.database for one in plan.services if one.database and one.database_service == server.name]
    if not own or not server.container:
        return
    given = " ".join(f"--env {variable('password', database_password(one.role))}" for one in own)
    psql = "psql --set=ON_ERROR_STOP=1 --username=postgres --dbname=postgres"
    yield f"docker exec --interactive {given} {server.container.name} {psql} <databases/{server.name}.sql"


def _escaped(command: str) -> str:
    return command.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")


def _block(lines: list[str]) -> str:
    return "\n".join(["```", *lines, "```"])
