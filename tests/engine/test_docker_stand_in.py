"""The stand-in for the docker plugin against a real engine: the official plugin's readings, errors and ends."""

import json
import os
import signal
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from providers.common.values import UNKNOWN, Secret
from tests.engine.plugin_process import PartialCreation, PluginProcess, Refusal
from tests.engine.tiny_image import docker, imported

MODULE = "simulators.plugins.docker"
CONTAINER = "docker:index/container:Container"
NETWORK = "docker:index/network:Network"
VOLUME = "docker:index/volume:Volume"
REMOTE_IMAGE = "docker:index/remoteImage:RemoteImage"
TAG = "docker:index/tag:Tag"
RUN = f"stand-in-{uuid.uuid4().hex[:8]}"
IMAGE_NAME = f"{RUN}/tiny:1"


def inspect(identifier: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(docker("inspect", identifier))[0]
    return found


@pytest.fixture(scope="module")
def image() -> Iterator[str]:
    with imported(IMAGE_NAME, RUN) as identifier:
        yield identifier


@pytest.fixture(scope="module")
def plugin() -> Iterator[PluginProcess]:
    with PluginProcess(MODULE) as process:
        process.configure()
        yield process


def sleeper(image: str, name: str, **more: Any) -> dict[str, Any]:
    return {"image": image, "name": f"{RUN}-{name}", "command": ["/bin/sleep", "600"], **more}


def healthy(*, after: str = "10ms", **more: Any) -> dict[str, Any]:
    return {"tests": ["CMD", "/bin/test", "-d", "/"], "interval": after, **more}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ends_quietly_on_a_signal(number: signal.Signals) -> None:
    assert PluginProcess(MODULE).stop(number) == (0, "")


def test_ends_with_the_engine() -> None:
    assert PluginProcess(MODULE).end_of_engine() == 0


def test_unreachable_daemon_fails_at_configure() -> None:
    with PluginProcess(MODULE) as plugin:
        with pytest.raises(Refusal, match=r"failed to connect to any docker daemon: tcp://127.0.0.1:1: "):
            plugin.configure(host="tcp://127.0.0.1:1")
        plugin.configure(host="tcp://127.0.0.1:1", disableDockerDaemonCheck="true")


def test_carefully_written_container_is_stable_after_creation_and_refresh(plugin: PluginProcess, image: str) -> None:
    network, _ = plugin.create(NETWORK, {"name": f"{RUN}-stable"})
    inputs = sleeper(
        image,
        "stable",
        envs=["B=2", "A=1"],
        labels=[{"label": "b", "value": "2"}, {"label": "a", "value": "1"}],
        healthcheck=healthy(after="2m0s", timeout="1.5s", startPeriod="30s", retries=3),
        memory=64,
        memorySwap=64,
        cpus="0.5",
        cpuShares=512,
        restart="on-failure",
        maxRetryCount=3,
        ports=[{"internal": 81, "ip": "127.0.0.1"}, {"internal": 80, "ip": "127.0.0.1"}],
        networksAdvanced=[{"name": network, "aliases": ["second", "first"]}],
        mounts=[
            {"target": "/data", "type": "volume", "source": f"{RUN}-stable"},
            {"target": "/scratch", "type": "tmpfs", "tmpfsOptions": {"sizeBytes": 1048576, "mode": 0o1777}},
        ],
        tmpfs={"/run": "size=1m"},
        logDriver="json-file",
        logOpts={"max-size": "1m"},
        capabilities={"adds": ["CAP_NET_BIND_SERVICE"], "drops": ["ALL"]},
        securityOpts=["no-new-privileges:true"],
        user="1000:1000",
        readOnly=True,
        init=True,
        hosts=[{"host": "other", "ip": "127.0.0.9"}],
        ulimits=[{"name": "nofile", "soft": 1024, "hard": 2048}],
        shmSize=32,
        stopSignal="SIGINT",
        stopTimeout=7,
        destroyGraceSeconds=1,
        ipcMode="private",
        hostname="here",
    )
    identifier, state = plugin.create(CONTAINER, inputs)
    try:
        assert plugin.diff(CONTAINER, state, inputs) == {}
        refreshed = plugin.read(CONTAINER, identifier, state)
        assert refreshed is not None
        assert plugin.diff(CONTAINER, refreshed, inputs) == {}
        assert [each["networkName"] for each in state["networkDatas"]] == [f"{RUN}-stable"]
        assert {each["internal"] for each in state["ports"]} == {80, 81}
        assert all(each["external"] >= 1024 for each in state["ports"])
    finally:
        plugin.delete(CONTAINER, identifier, state)
    plugin.delete(NETWORK, network, {})


@pytest.mark.parametrize(
    ("name", "more", "difference"),
    [
        ("duration", {"healthcheck": healthy(after="120s")}, {"healthcheck.interval": "UPDATE"}),
        ("memory", {"memory": 64}, {"memorySwap": "DELETE"}),
        ("capability", {"capabilities": {"adds": ["NET_RAW"]}}, {"capabilities.adds": "UPDATE_REPLACE"}),
    ],
)
def test_spelling_that_reads_back_differently_is_a_perpetual_difference(
    plugin: PluginProcess, image: str, name: str, more: dict[str, Any], difference: dict[str, str]
) -> None:
    inputs = sleeper(image, name, **more)
    identifier, state = plugin.create(CONTAINER, inputs)
    plugin.delete(CONTAINER, identifier, state)
    assert plugin.diff(CONTAINER, state, inputs) == difference


def test_image_given_by_its_tag_is_replaced_for_ever(plugin: PluginProcess, image: str) -> None:
    inputs = sleeper(IMAGE_NAME, "tag")
    identifier, state = plugin.create(CONTAINER, inputs)
    plugin.delete(CONTAINER, identifier, state)
    assert state["image"] == image
    assert plugin.diff(CONTAINER, state, inputs) == {"image": "UPDATE_REPLACE"}


def test_changed_health_check_is_reported_as_updated_but_not_applied(plugin: PluginProcess, image: str) -> None:
    before, after = (sleeper(image, "silent", healthcheck=healthy(after=each)) for each in ("10s", "20s"))
    identifier, state = plugin.create(CONTAINER, before)
    assert plugin.diff(CONTAINER, state, after) == {"healthcheck.interval": "UPDATE"}
    updated = plugin.update(CONTAINER, identifier, state, after)
    assert plugin.diff(CONTAINER, updated, after) == {}
    assert inspect(identifier)["Config"]["Healthcheck"]["Interval"] == 10 * 10**9
    refreshed = plugin.read(CONTAINER, identifier, updated)
    assert refreshed is not None
    assert plugin.diff(CONTAINER, refreshed, after) == {"healthcheck.interval": "UPDATE"}
    plugin.delete(CONTAINER, identifier, state)


def test_limits_and_restart_policy_are_changed_in_place(plugin: PluginProcess, image: str) -> None:
    before = sleeper(image, "limits", memory=64, memorySwap=64)
    after = {**before, "memory": 96, "memorySwap": 96, "restart": "always", "cpuShares": 256}
    identifier, state = plugin.create(CONTAINER, before)
    assert set(plugin.diff(CONTAINER, state, after)) == {"memory", "memorySwap", "restart", "cpuShares"}
    updated = plugin.update(CONTAINER, identifier, state, after)
    host = inspect(identifier)["HostConfig"]
    assert (host["Memory"], host["RestartPolicy"]["Name"], host["CpuShares"]) == (96 * 1024 * 1024, "always", 256)
    assert plugin.diff(CONTAINER, updated, after) == {}
    plugin.delete(CONTAINER, identifier, updated)


def test_stopped_container_must_run_again_and_a_removed_one_is_gone(plugin: PluginProcess, image: str) -> None:
    inputs = sleeper(image, "drift")
    identifier, state = plugin.create(CONTAINER, inputs)
    docker("kill", identifier)
    stopped = plugin.read(CONTAINER, identifier, state)
    assert stopped is not None
    assert plugin.diff(CONTAINER, stopped, inputs) == {"mustRun": "UPDATE"}
    plugin.update(CONTAINER, identifier, stopped, inputs)
    assert inspect(identifier)["State"]["Running"]
    docker("rm", "-f", identifier)
    assert plugin.read(CONTAINER, identifier, state) is None
    plugin.delete(CONTAINER, identifier, state)


def test_uploaded_secret_reaches_the_container_only(plugin: PluginProcess, image: str) -> None:
    canary = f"canary-{uuid.uuid4().hex}"
    upload = {"file": "/run/secrets/TOKEN", "content": Secret(canary), "permissions": "0444"}
    command = ["/bin/sh", "-c", "cat /run/secrets/TOKEN; ls -l /run/secrets/TOKEN; sleep 600"]
    identifier, state = plugin.create(CONTAINER, sleeper(image, "secret", uploads=[upload]) | {"command": command})
    logs = docker("logs", identifier)
    assert logs.startswith(f"{canary}-r--r--r--")
    assert canary not in json.dumps(inspect(identifier))
    assert isinstance(state["uploads"], Secret)
    assert canary not in repr(state)
    plugin.delete(CONTAINER, identifier, state)


def test_errors_do_not_tell_secrets(plugin: PluginProcess, image: str) -> None:
    canary = f"canary{uuid.uuid4().hex}"
    inputs = sleeper(image, "telling") | {"command": [Secret(f"/{canary}")], "envs": [Secret(f"PASSWORD={canary}")]}
    with pytest.raises(PartialCreation) as failed:
        plugin.create(CONTAINER, inputs)
    assert "unable to start container" in str(failed.value)
    assert canary not in str(failed.value)
    plugin.delete(CONTAINER, failed.value.identifier, {})


def test_waits_until_healthy(plugin: PluginProcess, image: str) -> None:
    identifier, state = plugin.create(CONTAINER, sleeper(image, "wait", wait=True, healthcheck=healthy()))
    assert inspect(identifier)["State"]["Health"]["Status"] == "healthy"
    plugin.delete(CONTAINER, identifier, state)


@pytest.mark.parametrize(
    ("name", "more", "reason"),
    [
        (
            "unhealthy",
            {"healthcheck": {"tests": ["CMD", "/bin/test", "-f", "/no"], "interval": "50ms"}},
            "healthy state",
        ),
        ("unchecked", {}, "has no health check"),
    ],
)
def test_vain_wait_leaves_the_container_as_a_partial_creation(
    plugin: PluginProcess, image: str, name: str, more: dict[str, Any], reason: str
) -> None:
    inputs = sleeper(image, name, wait=True, waitTimeout=1, **more)
    with pytest.raises(PartialCreation, match=reason) as failed:
        plugin.create(CONTAINER, inputs)
    identifier, state = failed.value.identifier, failed.value.state
    assert inspect(identifier)["State"]["Running"]
    assert plugin.diff(CONTAINER, state, inputs) == {}
    plugin.update(CONTAINER, identifier, state, inputs)
    plugin.delete(CONTAINER, identifier, state)


def test_cancelled_wait_ends_at_once_and_keeps_the_container(image: str) -> None:
    inputs = sleeper(image, "cancelled", wait=True, healthcheck={"tests": ["CMD", "/bin/test", "-f", "/no"]})
    with PluginProcess(MODULE) as plugin:
        plugin.configure()
        threading.Timer(1.0, plugin.cancel).start()
        with pytest.raises(PartialCreation, match="cancelled while waiting") as failed:
            plugin.create(CONTAINER, inputs)
        assert inspect(failed.value.identifier)["State"]["Running"]
        plugin.delete(CONTAINER, failed.value.identifier, failed.value.state)


def test_container_that_ends_at_once_fails_with_its_status(plugin: PluginProcess, image: str) -> None:
    inputs = sleeper(image, "brief") | {"command": ["/bin/sh", "-c", "exit 3"]}
    with pytest.raises(PartialCreation, match="exited immediately with status 3") as failed:
        plugin.create(CONTAINER, inputs)
    plugin.delete(CONTAINER, failed.value.identifier, failed.value.state)
    identifier, state = plugin.create(CONTAINER, {**inputs, "mustRun": False, "attach": True, "logs": True})
    assert state["exitCode"] == 3
    plugin.delete(CONTAINER, identifier, state)


def test_taken_name_and_taken_port_are_named(plugin: PluginProcess, image: str) -> None:
    inputs = sleeper(image, "taken", ports=[{"internal": 80, "ip": "127.0.0.1"}])
    identifier, state = plugin.create(CONTAINER, inputs)
    with pytest.raises(Refusal, match=f'container name "/{RUN}-taken" is already in use'):
        plugin.create(CONTAINER, inputs)
    second = {**inputs, "name": f"{RUN}-second", "ports": state["ports"]}
    with pytest.raises(PartialCreation, match="port is already allocated") as failed:
        plugin.create(CONTAINER, second)
    for each in (failed.value.identifier, identifier):
        plugin.delete(CONTAINER, each, {})


def test_network_in_use_is_removed_as_soon_as_it_is_free(plugin: PluginProcess, image: str) -> None:
    inputs = {"name": f"{RUN}-net", "labels": [{"label": "a", "value": "1"}], "driver": "bridge"}
    network, state = plugin.create(NETWORK, inputs)
    refreshed = plugin.read(NETWORK, network, state)
    assert refreshed is not None
    assert plugin.diff(NETWORK, refreshed, inputs) == {}
    assert plugin.diff(NETWORK, state, {**inputs, "internal": True}) == {"internal": "UPDATE_REPLACE"}
    identifier, _ = plugin.create(CONTAINER, sleeper(image, "user", networksAdvanced=[{"name": network}]))
    with pytest.raises(Refusal, match="has active endpoints"):
        plugin.delete(NETWORK, network, state, timeout=1)
    plugin.delete(CONTAINER, identifier, {})
    plugin.delete(NETWORK, network, state)
    assert plugin.read(NETWORK, network, state) is None


def test_volume_in_use_is_not_removed(plugin: PluginProcess, image: str) -> None:
    inputs = {"name": f"{RUN}-vol"}
    volume, state = plugin.create(VOLUME, inputs)
    assert plugin.diff(VOLUME, state, inputs) == {}
    mounted = [{"volumeName": volume, "containerPath": "/data"}]
    identifier, _ = plugin.create(CONTAINER, sleeper(image, "holder", volumes=mounted))
    with pytest.raises(Refusal, match="volume is in use"):
        plugin.delete(VOLUME, volume, state, timeout=1)
    plugin.delete(CONTAINER, identifier, {})
    plugin.delete(VOLUME, volume, state)
    assert plugin.read(VOLUME, volume, state) is None


def test_local_image_is_found_by_its_name_and_kept(plugin: PluginProcess, image: str) -> None:
    inputs = {"name": IMAGE_NAME, "keepLocally": True}
    identifier, state = plugin.create(REMOTE_IMAGE, inputs)
    assert (identifier, state["imageId"], state["repoDigest"]) == (image + IMAGE_NAME, image, "")
    assert plugin.diff(REMOTE_IMAGE, state, inputs) == {}
    plugin.delete(REMOTE_IMAGE, identifier, state)
    assert inspect(IMAGE_NAME)["Id"] == image
    with pytest.raises(Refusal, match=f"unable to pull image 127.0.0.1:1/{RUN}:1"):
        plugin.create(REMOTE_IMAGE, {"name": f"127.0.0.1:1/{RUN}:1"})


def test_tag_names_an_image_and_its_removal_leaves_the_name(plugin: PluginProcess, image: str) -> None:
    target = f"{RUN}/other:2"
    identifier, state = plugin.create(TAG, {"sourceImage": IMAGE_NAME, "targetImage": target})
    assert state["sourceImageId"] == image
    plugin.delete(TAG, identifier, state)
    assert inspect(target)["Id"] == image
    docker("rmi", target)


def test_preview_knows_the_name_and_not_the_rest(plugin: PluginProcess) -> None:
    _, state = plugin.create(NETWORK, {}, "front", preview=True)
    assert state["name"].startswith("front-")
    assert state["scope"] is UNKNOWN
    inputs = {"image": UNKNOWN, "command": ["x"]}
    assert plugin.create(CONTAINER, inputs, preview=True)[1]["image"] is UNKNOWN
    assert (
        plugin.diff(CONTAINER, {"image": "sha256:1", "command": ["x"], "mustRun": True}, inputs)["image"]
        == "UPDATE_REPLACE"
    )


def test_ssh_host_gets_one_ssh_process_with_the_given_options(tmp_path: Path, image: str) -> None:
    calls = tmp_path / "calls"
    fake = tmp_path / "ssh"
    fake.write_text(f'#!/bin/sh\necho "$*" >> {calls}\nexec docker system dial-stdio\n')
    fake.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    with PluginProcess(MODULE, environment) as plugin:
        plugin.configure(host="ssh://me@there:2222", sshOpts=json.dumps(["-i", "key"]))
        assert not calls.exists()
        identifier, state = plugin.create(CONTAINER, sleeper(image, "ssh"))
        plugin.delete(CONTAINER, identifier, state)
    expected = "-i key -o ConnectTimeout=30 -T -l me -p 2222 -- there docker system dial-stdio"
    assert set(calls.read_text().splitlines()) == {expected}


def test_failing_ssh_is_reported_with_its_own_words(tmp_path: Path, image: str) -> None:
    fake = tmp_path / "ssh"
    fake.write_text("#!/bin/sh\necho 'Permission denied (publickey).' >&2\nexit 255\n")
    fake.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    with PluginProcess(MODULE, environment) as plugin:
        plugin.configure(host="ssh://me@there")
        with pytest.raises(Refusal, match=r"ssh://me@there: ssh ended with status 255: Permission denied"):
            plugin.create(CONTAINER, sleeper(image, "denied"))
