"""A Pulumi program with the stand-in for the docker plugin, through the real CLI and a real Docker engine."""

import json
import uuid
from collections.abc import Iterator

import pytest

from tests.engine.conftest import Engine
from tests.engine.tiny_image import docker, imported

RUN = f"stand-in-{uuid.uuid4().hex[:8]}"
IMAGE_NAME = f"{RUN}/tiny:1"
CANARY = f"canary-{uuid.uuid4().hex}"

PROGRAM = """
    import pulumi
    import pulumi_docker as docker

    provider = docker.Provider("daemon", host="unix:///var/run/docker.sock")
    options = pulumi.ResourceOptions(provider=provider)
    image = docker.RemoteImage("image", name="{image}", keep_locally=True, opts=options)
    network = docker.Network("{run}", opts=options)
    volume = docker.Volume("{run}-data", name="{run}-data", opts=options)
    container = docker.Container(
        "{run}-main",
        image=image.image_id,
        command=["/bin/sleep", "600"],
        envs=["MODE=plain"],
        healthcheck={{"tests": ["CMD", "/bin/test", "-d", "/"], "interval": "{interval}"}},
        networks_advanced=[{{"name": network.name, "aliases": ["main"]}}],
        volumes=[{{"volume_name": volume.name, "container_path": "/data"}}],
        uploads=[{{"file": "/run/secrets/TOKEN", "content": pulumi.Output.secret("{canary}"), "permissions": "0444"}}],
        wait=True,
        opts=pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(replace_on_changes=["healthcheck"])),
    )
    pulumi.export("name", container.name)
    pulumi.export("network", network.name)
    pulumi.export("image", image.image_id)
"""


def source(interval: str = "10ms") -> str:
    return PROGRAM.format(run=RUN, image=IMAGE_NAME, interval=interval, canary=CANARY)


@pytest.fixture
def image() -> Iterator[str]:
    with imported(IMAGE_NAME, RUN) as identifier:
        yield identifier


def containers() -> list[str]:
    return docker("ps", "-aq", "--no-trunc", "--filter", f"name={RUN}").split()


def test_stack_comes_up_stays_unchanged_is_repaired_and_goes(engine: Engine, image: str) -> None:
    engine.program(source())
    said = engine.preview() + engine.up()
    assert "warning" not in said.lower()
    outputs = engine.outputs()
    assert outputs["name"].startswith(f"{RUN}-main-")
    assert outputs["image"] == image
    assert "unchanged" in engine.preview("--expect-no-changes")
    assert "unchanged" in engine.preview("--expect-no-changes", "--refresh")
    assert CANARY not in said + json.dumps(engine.resources())

    docker("kill", outputs["name"])
    assert "mustRun: false => true" in " ".join(engine.preview("--refresh").split())
    docker("rm", outputs["name"])
    assert "docker:index/container:Container: (create)" in engine.preview("--refresh")
    engine.up("--refresh")
    (identifier,) = containers()

    engine.program(source(interval="20ms"))
    assert "1 to replace" in engine.preview()
    engine.up()
    assert containers() != [identifier]
    engine.preview("--expect-no-changes")
    engine.destroy()
    assert containers() == []
    assert engine.resources() == {}


def test_failed_wait_is_recorded_and_destroyed(engine: Engine, image: str) -> None:
    vain = source().replace('"-d", "/"', '"-f", "/no"').replace("wait=True", "wait=True, wait_timeout=1")
    engine.program(vain)
    assert "failed to be in healthy state within 1 s" in engine.up(check=False)
    recorded = engine.resources()[f"{RUN}-main"]
    assert containers() == [recorded["id"]]
    assert "failed to be in healthy state" in recorded["initErrors"][0]
    engine.up()
    assert containers() == [recorded["id"]]
    engine.destroy()
    assert containers() == []
