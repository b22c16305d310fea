"""The engine's side of a program under test: what was registered, with which options, and what of it is secret."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import pulumi
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks, rpc, set_mocks
from pulumi.runtime.mocks import MockMonitor

SIGNATURE, SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"
GENERATED = "generated-for-"
TUNNEL_TOKEN = "token-of-the-tunnel"
ACCESS_APPLICATION = "cloudflare:index/zeroTrustAccessApplication:ZeroTrustAccessApplication"
RENTED: dict[str, Any] = {
    "name": "pulumi-test-gpu-00000000-000000", "instanceId": "vm-1", "status": "running", "ipAddress": "198.51.100.7",
    "sshPort": 22022, "ports": {"22": 22022}, "hourlyMicroUsd": 350_000,
}  # fmt: skip


@dataclass(frozen=True)
class Registered:
    """One registration. `given` holds the inputs as they cross the wire, secrets wrapped in the engine's signature."""

    request: Any
    given: dict[str, Any]

    @property
    def kind(self) -> str:
        return str(self.request.type)

    @property
    def name(self) -> str:
        return str(self.request.name)

    @property
    def inputs(self) -> dict[str, Any]:
        """The inputs with their secrets unwrapped."""
        return cast(dict[str, Any], revealed(self.given))

    @property
    def depends_on(self) -> set[str]:
        """Names of the resources that must be there first."""
        return {urn.rpartition("::")[2] for urn in self.request.dependencies}

    @property
    def parent(self) -> str:
        return str(self.request.parent).rpartition("::")[2]

    def is_secret(self, key: str) -> bool:
        return is_wrapped(self.given[key])


@dataclass
class Registrations:
    """Everything that a program registered, in the order in which the engine was asked."""

    made: list[Registered] = field(default_factory=list)

    def of_kind(self, ending: str) -> list[Registered]:
        return [one for one in self.made if one.kind.endswith(ending)]

    def one(self, ending: str, name: str) -> Registered:
        (found,) = (one for one in self.of_kind(ending) if one.name == name)
        return found

    def container(self, name: str) -> Registered:
        return self.one(":Container", name)

    def command(self, name: str) -> Registered:
        return self.one(":Command", name)

    def names(self) -> set[tuple[str, str]]:
        return {(one.kind, one.name) for one in self.made}


class Provider(Mocks):
    """Gives each resource what its provider would have found out."""

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        certified = {"certificatePem": f"certificate of {args.name}", "privateKeyPem": f"{GENERATED}{args.name}"}
        known = {
            "random:index/randomPassword:RandomPassword": {"result": f"{GENERATED}{args.name}"},
            "docker:index/remoteImage:RemoteImage": {"imageId": f"sha256:{args.inputs.get('name')}"},
            "command:remote:Command": {"stdout": "{}"},
            "tensordock:index:Instance": RENTED,
            ACCESS_APPLICATION: {"aud": f"aud-of-{args.name}"},
            "certificates:index:Authority": certified,
            "certificates:index:Certificate": certified,
        }
        return f"{args.name}-id", {**args.inputs, **known.get(args.typ, {})}

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        return {"token": TUNNEL_TOKEN}, []


class Monitor(MockMonitor):
    """Records registrations and, as the engine does, keeps secret outputs secret."""

    def __init__(self) -> None:
        super().__init__(Provider())
        self.registrations = Registrations()

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802  (the engine's own spelling)
        response = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        given = cast(dict[str, Any], rpc.deserialize_properties(request.object))
        if request.type != "pulumi:pulumi:Stack":
            self.registrations.made.append(Registered(request, given))
        for key in request.additionalSecretOutputs:
            if key in response.object and not is_wrapped(response.object[key]):
                response.object[key] = {SIGNATURE: SECRET, "value": response.object[key]}
        return response


def run(program: Callable[[], object]) -> Registrations:
    """Runs a program to its end. What it raises is raised."""
    monitor = Monitor()
    set_mocks(Provider(), project="ai-platform", stack="test", preview=False, monitor=monitor)
    test = cast(Callable[[Callable[[], object]], Callable[[], None]], pulumi.runtime.test)
    test(program)()
    return monitor.registrations


def settled(output: Callable[[], pulumi.Output[Any]]) -> tuple[Any, bool]:
    """The value of the output that a program gives, and whether the engine was told that it is secret."""
    found: list[tuple[Any, bool]] = []

    async def wait(given: pulumi.Output[Any]) -> None:
        found.append((await given.future(), await given.is_secret()))

    run(lambda: wait(output()))
    return found[0]


def is_wrapped(value: Any) -> bool:
    try:
        return bool(value[SIGNATURE] == SECRET)
    except (KeyError, TypeError, ValueError, IndexError):
        return False


def revealed(value: Any) -> Any:
    """The value without its secret wrappings."""
    if is_wrapped(value):
        return revealed(value["value"])
    if isinstance(value, dict):
        return {key: revealed(inner) for key, inner in value.items()}
    return [revealed(inner) for inner in value] if isinstance(value, list) else value


def plain_texts(value: Any) -> Iterator[str]:
    """Every text that the engine would keep and show in plain."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for inner in value:
            yield from plain_texts(inner)
    elif isinstance(value, dict) and not is_wrapped(value):
        for key, inner in value.items():
            yield key
            yield from plain_texts(inner)
