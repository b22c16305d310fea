"""The resource types of the random plugin. Every change of an argument makes a new value by replacement."""
# ruff: noqa: S105 - type tokens

import base64
import random
import secrets
import uuid
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import ClassVar

from typing_extensions import override

from providers.common.errors import PluginError
from providers.common.resource import Call, Resource, Snapshot
from providers.common.schema import Failure, Field
from providers.common.secrets import contains_unknown
from providers.common.values import Properties, Secret
from simulators.plugins.random import characters

NO_IDENTIFIER = "none"  # what the official plugin records where the value itself is secret


def _fields(*required: str, **defaults: bool | int | str | None) -> Mapping[str, Field]:
    fields = {name: Field(required=True, replaces=True) for name in required}
    fields |= {name: Field(default=default, replaces=True) for name, default in defaults.items()}
    return fields | {"keepers": Field(replaces=True)}


class RandomValue(Resource):
    """A value that is drawn once and lives in the state alone."""

    @abstractmethod
    def draw(self, inputs: Properties) -> tuple[str, Properties]:
        """The id and the outputs of a new value."""

    @override
    def create(self, inputs: Properties, call: Call) -> Snapshot:
        identifier, outputs = self.draw(inputs)
        return Snapshot(identifier, {**_arguments(inputs), **outputs})

    @override
    def read(self, identifier: str, state: Properties, call: Call) -> Snapshot | None:
        if not state:
            raise PluginError(f"{call.urn}: the stand-in for the random plugin cannot import a value")
        return Snapshot(identifier, state)

    @override
    def update(self, identifier: str, state: Properties, inputs: Properties, call: Call) -> Properties:
        return {**state, **_arguments(inputs)}

    @override
    def delete(self, identifier: str, state: Properties, call: Call) -> None:
        """Nothing exists outside the state."""


class RandomString(RandomValue):
    token = "random:index/randomString:RandomString"
    fields: ClassVar = {
        **_fields("length", special=True, lower=True, upper=True, numeric=True, overrideSpecial=None),
        **_fields(minLower=0, minUpper=0, minNumeric=0, minSpecial=0),
        "number": Field(computed=True, replaces=True),
    }
    outputs: ClassVar[tuple[str, ...]] = ("result",)

    @override
    def failures(self, inputs: Properties) -> Iterable[Failure]:
        if contains_unknown(inputs) or inputs.get("length") is None:
            return ()
        refusal = characters.refusal(inputs)
        return [Failure("length", refusal)] if refusal else ()

    @override
    def draw(self, inputs: Properties) -> tuple[str, Properties]:
        result = characters.draw(inputs)
        return result, {"result": result, "number": inputs.get("numeric")}


class RandomPassword(RandomString):
    token = "random:index/randomPassword:RandomPassword"
    outputs = ("result", "bcryptHash")

    @override
    def draw(self, inputs: Properties) -> tuple[str, Properties]:
        import bcrypt  # noqa: PLC0415  (a plugin that draws no password need not load it)

        result, drawn = super().draw(inputs)
        hashed = bcrypt.hashpw(result.encode()[:72], bcrypt.gensalt(10)).decode()  # bcrypt sees 72 bytes, not more
        return NO_IDENTIFIER, {**drawn, "result": Secret(result), "bcryptHash": Secret(hashed)}


class RandomBytes(RandomValue):
    token = "random:index/randomBytes:RandomBytes"
    fields = _fields("length")
    outputs = ("base64", "hex")

    @override
    def draw(self, inputs: Properties) -> tuple[str, Properties]:
        drawn = secrets.token_bytes(int(inputs["length"]))
        encoded = {"base64": base64.b64encode(drawn).decode(), "hex": drawn.hex()}
        return NO_IDENTIFIER, {name: Secret(value) for name, value in encoded.items()}


class RandomId(RandomValue):
    token = "random:index/randomId:RandomId"
    fields = _fields("byteLength", prefix=None)
    outputs = ("b64Std", "b64Url", "dec", "hex")

    @override
    def draw(self, inputs: Properties) -> tuple[str, Properties]:
        drawn, prefix = secrets.token_bytes(int(inputs["byteLength"])), inputs.get("prefix") or ""
        identifier = base64.urlsafe_b64encode(drawn).decode().rstrip("=")
        forms = {
            "b64Std": base64.b64encode(drawn).decode(),
            "b64Url": identifier,
            "dec": str(int.from_bytes(drawn)),
            "hex": drawn.hex(),
        }
        return identifier, {name: prefix + form for name, form in forms.items()}


class RandomUuid(RandomValue):
    token = "random:index/randomUuid:RandomUuid"
    fields = _fields()
    outputs = ("result",)

    @override
    def draw(self, inputs: Properties) -> tuple[str, Properties]:
        result = str(uuid.uuid4())
        return result, {"result": result}


class RandomInteger(RandomValue):
    token = "random:index/randomInteger:RandomInteger"
    fields = _fields("min", "max", seed=None)
    outputs = ("result",)

    @override
    def failures(self, inputs: Properties) -> Iterable[Failure]:
        low, high = inputs.get("min"), inputs.get("max")
        if isinstance(low, int) and isinstance(high, int) and low > high:
            return [Failure("min", f"is {low}, which is more than max ({high})")]
        return ()

    @override
    def draw(self, inputs: Properties) -> tuple[str, Properties]:
        source = random.Random(inputs["seed"]) if inputs.get("seed") else secrets.SystemRandom()  # noqa: S311
        result = source.randint(inputs["min"], inputs["max"])
        return str(result), {"result": result}


class RandomPet(RandomValue):
    token = "random:index/randomPet:RandomPet"
    fields = _fields(length=2, separator="-", prefix=None)

    @override
    def draw(self, inputs: Properties) -> tuple[str, Properties]:
        import petname  # type: ignore[import-untyped]  # noqa: PLC0415

        length = int(inputs["length"])
        kinds = [*[petname.adverbs] * (length - 2), petname.adjectives, petname.names][-length:]
        words = [secrets.choice(list(kind)) for kind in kinds]
        name = str(inputs["separator"]).join(filter(None, (inputs.get("prefix"), *words)))
        return name, {}


def _arguments(inputs: Properties) -> Properties:
    return {name: value for name, value in inputs.items() if not name.startswith("__")}
