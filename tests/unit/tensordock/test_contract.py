"""One OpenAPI file describes the API; the client's calls and the simulator's answers are held against it."""

import json
import re
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

import providers.tensordock
from simulators.reply import Reply, Request
from simulators.tensordock.faults import Fault
from simulators.tensordock.routes import ROUTES
from tests.engine.tensordock_rig import Rig

FILE = Path(str(providers.tensordock.__file__)).parent / "openapi.yaml"
DESCRIBED: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
METHODS = ("get", "post", "put", "delete")


def validator(pointer: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": pointer, "components": DESCRIBED["components"]})


def operation(call: Request) -> dict[str, Any]:
    for path, item in DESCRIBED["paths"].items():
        if re.fullmatch(path.replace("{id}", "[^/]+"), call.path) and call.method.lower() in item:
            found: dict[str, Any] = item[call.method.lower()]
            return found
    raise AssertionError(f"{call.method} {call.path} is not described")


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in node:
        return node
    found: Any = DESCRIBED
    for step in node["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)


def check(call: Request, reply: Reply | None) -> None:
    """Fails where a call or its answer is not as described."""
    described = operation(call)
    if reply is None:
        schema = described.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        assert (call.body is None) == (schema is None), f"{call.method} {call.path}: {call.body}"
        if schema is not None:
            Draft202012Validator({**schema, "components": DESCRIBED["components"]}).validate(call.body)
        return
    body = json.loads(reply.body)
    if reply.status >= 400 or (isinstance(body, dict) and body.get("error")):
        validator("#/components/schemas/Failure").validate(body)
        return
    schema = resolved(described["responses"]["200"])["content"]["application/json"]["schema"]
    Draft202012Validator({**schema, "components": DESCRIBED["components"]}).validate(body)


def test_every_schema_of_the_file_is_one() -> None:
    for schema in DESCRIBED["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_the_simulator_serves_exactly_what_is_described() -> None:
    described = {
        (method.upper(), path) for path, item in DESCRIBED["paths"].items() for method in METHODS if method in item
    }
    assert set(ROUTES) == described


@pytest.mark.parametrize("shapes", list(product(("documented", "flat"), ("flat", "wrapped"))))
@pytest.mark.parametrize("spelling", ["lower", "upper", "title", "snake"])
@pytest.mark.parametrize("errors", ["ok_with_error", "http"])
def test_calls_and_answers_are_as_described_in_either_shape(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shapes: tuple[str, str], spelling: str, errors: str
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    rig = Rig(tmp_path, list_shape=shapes[0], instance_shape=shapes[1], statuses=spelling, errors=errors)
    rig.account.behaviour.no_capacity = ["loc-home"]
    rig.account.behaviour.stopped_as = "stoppeddisassociated"
    rig.watch = check
    cloud_init = {"runcmd": ["true"], "writeFiles": [{"path": "/x", "content": "y"}], "packageUpdate": True}
    forwards = [{"internalPort": 22, "externalPort": 20022}]
    assert rig.up(cloudInit=cloud_init, portForwards=forwards, dedicatedIp=False) == "created"
    same = {"cloudInit": cloud_init, "portForwards": forwards, "dedicatedIp": False}
    assert rig.output("sshPort") == 20022
    assert rig.up(**same, running=False) == "updated"
    assert rig.up(**same, vcpuCount=8) == "updated"
    rig.refresh()
    assert rig.up(**same, vcpuCount=8) == "same"
    rig.faults(Fault(kind="error", status=404, method="GET", path="/instances/"))
    rig.destroy()
    assert rig.existing() == []
