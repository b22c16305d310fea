import io
import tarfile
from typing import Any

import pytest

from providers.common.errors import PluginError
from providers.common.values import UNKNOWN
from simulators.plugins.docker import VERSION
from simulators.plugins.docker.address import dialer, pinged_at_start
from simulators.plugins.docker.container_failures import container_failures
from simulators.plugins.docker.container_fields import FIELDS
from simulators.plugins.docker.container_request import create_request, update_arguments
from simulators.plugins.docker.images import _repository, repository_digest
from simulators.plugins.docker.provider import DockerProvider
from simulators.plugins.docker.ssh import ssh_command
from simulators.plugins.docker.uploads import archive, upload_failures


def member(upload: dict[str, Any]) -> tarfile.TarInfo:
    with tarfile.open(fileobj=io.BytesIO(archive(upload))) as tar:
        return tar.getmembers()[0]


def test_every_argument_of_the_official_sdk_is_known() -> None:
    sdk = pytest.importorskip("pulumi_docker")
    known = {
        "".join(part.capitalize() if i else part for i, part in enumerate(name.split("_"))) for name in _arguments(sdk)
    }
    assert known == set(FIELDS)


def _arguments(sdk: Any) -> set[str]:
    return {name for name, value in vars(sdk.ContainerArgs).items() if isinstance(value, property)}


def test_version_is_that_of_the_installed_sdk() -> None:
    metadata = pytest.importorskip("importlib.metadata")
    assert metadata.version("pulumi_docker") == VERSION


def test_megabytes_and_durations_are_sent_as_bytes_and_nanoseconds() -> None:
    request = create_request(
        {
            "image": "x",
            "memory": 64,
            "memorySwap": -1,
            "cpus": "1.5",
            "healthcheck": {"tests": ["NONE"], "interval": "1m"},
        }
    )
    assert request["HostConfig"]["Memory"] == 64 * 1024 * 1024
    assert request["HostConfig"]["MemorySwap"] == -1
    assert request["HostConfig"]["NanoCpus"] == 1_500_000_000
    assert request["Healthcheck"]["Interval"] == 60_000_000_000


def test_ports_volumes_and_hosts_take_the_form_of_the_engine() -> None:
    request = create_request(
        {
            "image": "x",
            "ports": [{"internal": 80, "external": 8080, "ip": "127.0.0.1"}, {"internal": 53, "protocol": "udp"}],
            "volumes": [
                {"volumeName": "data", "containerPath": "/data"},
                {"hostPath": "/etc", "containerPath": "/host", "readOnly": True},
                {"fromContainer": "other"},
            ],
            "hosts": [{"host": "db", "ip": "10.0.0.1"}],
            "gpus": "device=0,2",
        }
    )
    host = request["HostConfig"]
    assert host["PortBindings"]["80/tcp"] == [{"HostIp": "127.0.0.1", "HostPort": "8080"}]
    assert host["PortBindings"]["53/udp"][0]["HostPort"] == "0"
    assert host["Binds"] == ["data:/data:rw", "/etc:/host:ro"]
    assert host["VolumesFrom"] == ["other"]
    assert host["ExtraHosts"] == ["db:10.0.0.1"]
    assert host["DeviceRequests"][0]["DeviceIDs"] == ["0", "2"]
    assert set(request["Volumes"]) == {"/data", "/host"}


def test_only_limits_and_restart_policy_are_updated_in_place() -> None:
    inputs = {"image": "x", "memory": 1, "restart": "always", "healthcheck": {"tests": ["x"]}, "tmpfs": {"/a": ""}}
    assert update_arguments(inputs) == {
        "mem_limit": 1024 * 1024,
        "restart_policy": {"Name": "always", "MaximumRetryCount": 0},
    }


@pytest.mark.parametrize(
    ("upload", "mode"),
    [({}, 0o644), ({"executable": True}, 0o744), ({"permissions": "0444", "executable": True}, 0o444)],
)
def test_uploaded_file_has_its_permissions(upload: dict[str, Any], mode: int) -> None:
    assert member({"file": "/a/b", "content": "x", **upload}).mode == mode


def test_upload_takes_exactly_one_content_and_never_tells_it() -> None:
    bad = [
        {"file": "/a"},
        {"file": "/b", "content": "canary", "source": "canary"},
        {"file": "/c", "content": "canary", "permissions": "rw-r"},
        {"file": "/d", "contentBase64": "canary!"},
    ]
    found = [f"{each.property}: {each.reason}" for each in upload_failures(bad)]
    assert [each.partition(":")[0] for each in found] == [
        "uploads[0]", "uploads[1]", "uploads[2].permissions", "uploads[3].contentBase64",
    ]  # fmt: skip
    assert "canary" not in "".join(found)


@pytest.mark.parametrize(
    ("inputs", "property_"),
    [
        ({"restart": "never"}, "restart"),
        ({"cpus": "half"}, "cpus"),
        ({"gpus": "device="}, "gpus"),
        ({"command": ["a", ""]}, "command"),
        ({"healthcheck": {"interval": "1 minute"}}, "healthcheck.interval"),
        ({"networksAdvanced": [{"name": "a"}, {"name": "b", "gwPriority": 1}]}, "networksAdvanced[1].gwPriority"),
    ],
)
def test_value_that_the_engine_would_refuse_is_named_before(inputs: dict[str, Any], property_: str) -> None:
    assert [each.property for each in container_failures(inputs)] == [property_]
    assert list(container_failures(dict.fromkeys(inputs, UNKNOWN))) == []


def test_unreadable_upload_source_is_named() -> None:
    with pytest.raises(PluginError, match="could not read file /no/such"):
        archive({"file": "/a", "source": "/no/such"})


@pytest.mark.parametrize(
    ("name", "repository"),
    [
        ("redis", "redis"), ("redis:7", "redis"), ("host:5000/a/b", "host:5000/a/b"),
        ("host:5000/a/b:1@sha256:ab", "host:5000/a/b"), ("a/b@sha256:ab", "a/b"),
    ],
)  # fmt: skip
def test_repository_of_an_image_name(name: str, repository: str) -> None:
    assert _repository(name) == repository


def test_digest_is_that_of_the_named_repository() -> None:
    image = {"RepoDigests": ["other@sha256:1", "redis@sha256:2"]}
    assert repository_digest(image, "redis:7") == "redis@sha256:2"
    assert repository_digest({"RepoDigests": None}, "redis:7") == ""


def test_ssh_runs_dial_stdio_with_a_deadline_unless_one_is_given() -> None:
    plain = ["ssh", "-o", "ConnectTimeout=30", "-T", "--", "host", "docker", "system", "dial-stdio"]
    assert ssh_command("host", None, None, []) == plain
    given = ssh_command("host", "me", 22, ["-o", "ConnectTimeout=5"])
    assert given[1:8] == ["-o", "ConnectTimeout=5", "-T", "-l", "me", "-p", "22"]


@pytest.mark.parametrize("host", ["localhost", "tcp://host", "http://host:1", "ssh://", "ssh://host/path"])
def test_unusable_address_is_refused_by_name(host: str) -> None:
    with pytest.raises(PluginError, match="is not an address that can be used"):
        dialer(host)


def test_ssh_hosts_are_not_pinged_at_start() -> None:
    assert not pinged_at_start("ssh://host")
    assert pinged_at_start("unix:///var/run/docker.sock")


def test_configuration_that_the_stand_in_lacks_is_refused() -> None:
    found = DockerProvider().failures({"context": "x", "host": "ssh://a", "sshOpts": "[", "version": "1"})
    assert {each.property for each in found} == {"context", "sshOpts"}
