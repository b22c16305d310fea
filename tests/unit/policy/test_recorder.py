"""What the engine shows a policy pack becomes what the rules know: plain values, unknown ones as such."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import yaml

from policy.recorder import Recorder
from policy.rules import RULES
from toolchain.places import ROOT

CONTAINER = "docker:index/container:Container"
BY_NAME = {rule.name: rule for rule in RULES}


class UnknownValueError(Exception):
    """Raised by the SDK where a value is looked at that only the update knows."""


class Shown(Mapping[str, Any]):
    """A dictionary as the SDK shows it: unknown values (None here) raise."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def __getitem__(self, key: str) -> Any:
        if self._values[key] is None:
            raise UnknownValueError
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class ShownList(Sequence[Any]):
    def __init__(self, values: Sequence[Any]) -> None:
        self._values = values

    def __getitem__(self, index: Any) -> Any:
        return self._values[index]

    def __len__(self) -> int:
        return len(self._values)


def shown(type_: str, name: str, props: Mapping[str, Any], provider: str = "", parent: str = "") -> Any:
    options = SimpleNamespace(protect=False, parent=parent)
    return SimpleNamespace(
        resource_type=type_, props=Shown(props), urn=f"urn:{name}", name=name, opts=options,
        provider=SimpleNamespace(urn=provider) if provider else None,
    )  # fmt: skip


def found(recorder: Recorder, rule: str, **settings: Any) -> list[str]:
    return [one.urn for one in recorder.violations(BY_NAME[rule], settings)]


def port(ip: str | None, number: float = 6379.0) -> dict[str, Any]:
    return {"ports": ShownList([Shown({"internal": number, "external": number, "ip": ip})])}


def test_rules_see_inputs_of_all_resources_together() -> None:
    recorder = Recorder()
    recorder.record(shown("ai-platform:index:MacMini", "brain", {"steps": Shown({"firewall": "port 6379"})}))
    provider = "urn:pulumi:s::p::pulumi:providers:docker::docker-brain"
    recorder.record(shown(CONTAINER, "closed", port("0.0.0.0"), provider))
    recorder.record(shown(CONTAINER, "open", port("0.0.0.0", 80.0), provider))
    assert found(recorder, "no-open-port") == ["urn:open"]
    assert found(recorder, "no-open-port", ports=[80.0]) == []


def test_what_is_not_known_yet_breaks_no_rule() -> None:
    recorder = Recorder()
    recorder.record(shown(CONTAINER, "new", {"image": None, **port(None)}))
    assert not [one for rule in BY_NAME for one in found(recorder, rule)]


def test_a_resource_that_is_shown_again_takes_its_own_place() -> None:
    recorder = Recorder()
    recorder.record(shown(CONTAINER, "one", {"privileged": True}))
    recorder.record(shown(CONTAINER, "one", {"privileged": False}))
    assert found(recorder, "no-way-to-the-host") == []


def test_secrets_that_the_engine_shows_are_not_taken_for_plain_ones() -> None:
    recorder = Recorder()
    recorder.record(shown("x:y:Z", "secret", {"password": "hunter2"}))
    recorder.record(shown(CONTAINER, "told", {"envs": ShownList(["DB_PASSWORD=hunter2"])}))
    assert found(recorder, "no-plain-secret") == ["urn:told"]


def test_the_pack_is_made_of_every_rule() -> None:
    source = (ROOT / "policy" / "pack" / "__main__.py").read_text()
    assert "*map(judged, RULES)" in source and "MANDATORY" in source
    assert yaml.safe_load((ROOT / "policy" / "pack" / "PulumiPolicy.yaml").read_text())["runtime"]["name"] == "python"
