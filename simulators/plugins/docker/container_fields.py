"""The inputs of a container: what replaces it, what the engine fills in, which lists have no order.

Source: the official SDK's arguments, and the behaviour of the official plugin on an engine 20.10. Almost every
change replaces the container; `KEPT` lists the others.
"""

from collections.abc import Mapping

from providers.common.schema import Field

LABEL = {"label": Field(), "value": Field()}

_PORT = {
    "internal": Field(required=True),
    "external": Field(computed=True),
    "ip": Field(default="0.0.0.0"),  # noqa: S104 - the official default
    "protocol": Field(default="tcp"),
}
_HEALTHCHECK = {
    "tests": Field(),
    "interval": Field(default="0s"),
    "timeout": Field(default="0s"),
    "startPeriod": Field(default="0s"),
    "startInterval": Field(default="0s"),
    "retries": Field(),
}
_MOUNT = {
    "target": Field(required=True),
    "type": Field(required=True),
    "source": Field(),
    "readOnly": Field(),
    "bindOptions": Field(block={"propagation": Field()}),
    "tmpfsOptions": Field(block={"mode": Field(), "sizeBytes": Field()}),
    "volumeOptions": Field(
        block={
            "driverName": Field(),
            "driverOptions": Field(),
            "labels": Field(unordered=True, block=LABEL),
            "noCopy": Field(),
            "subpath": Field(),
        }
    ),
}
_VOLUME = {
    name: Field() for name in ("containerPath", "fromContainer", "hostPath", "readOnly", "selinuxRelabel", "volumeName")
}
_NETWORK = {
    "name": Field(required=True),
    "aliases": Field(unordered=True),
    "driverOpts": Field(unordered=True),
    "gwPriority": Field(),
    "ipv4Address": Field(),
    "ipv6Address": Field(),
    "linkLocalIps": Field(unordered=True),
    "macAddress": Field(),
}
_UPLOAD = {
    "file": Field(required=True),
    "content": Field(),
    "contentBase64": Field(),
    "executable": Field(),
    "group": Field(),
    "owner": Field(),
    "permissions": Field(),
    "source": Field(),
    "sourceHash": Field(),
}
_DEVICE = {"hostPath": Field(required=True), "containerPath": Field(computed=True), "permissions": Field(default="rwm")}
_DEVICE_REQUEST = {name: Field() for name in ("capabilities", "count", "deviceIds", "driver", "options")}
_CAPABILITIES = {"adds": Field(unordered=True), "drops": Field(unordered=True)}
_RATE = {"path": Field(required=True), "rate": Field(required=True)}

_REPLACING: Mapping[str, Field] = {
    "name": Field(replaces=True),
    "image": Field(replaces=True, required=True),
    "platform": Field(replaces=True, computed=True),
    "hostname": Field(replaces=True, computed=True),
    "domainname": Field(replaces=True),
    "command": Field(replaces=True, computed=True),
    "entrypoints": Field(replaces=True, computed=True),
    "envs": Field(replaces=True, computed=True, unordered=True),
    "labels": Field(replaces=True, computed=True, unordered=True, block=LABEL),
    "user": Field(replaces=True, computed=True),
    "workingDir": Field(replaces=True, computed=True),
    "stopSignal": Field(replaces=True, computed=True),
    "stopTimeout": Field(replaces=True, computed=True),
    "tty": Field(replaces=True, default=False),
    "stdinOpen": Field(replaces=True, default=False),
    "readOnly": Field(replaces=True, default=False),
    "privileged": Field(replaces=True),
    "publishAllPorts": Field(replaces=True),
    "ports": Field(replaces=True, unordered=True, block=_PORT),
    "dns": Field(replaces=True, unordered=True),
    "dnsOpts": Field(replaces=True, unordered=True),
    "dnsSearches": Field(replaces=True, unordered=True),
    "hosts": Field(replaces=True, unordered=True, block={"host": Field(required=True), "ip": Field(required=True)}),
    "networkMode": Field(replaces=True, default="bridge"),
    "networksAdvanced": Field(replaces=True, unordered=True, block=_NETWORK),
    "pidMode": Field(replaces=True),
    "usernsMode": Field(replaces=True),
    "ipcMode": Field(replaces=True, computed=True),
    "cgroupParent": Field(replaces=True),
    "cgroupnsMode": Field(replaces=True),
    "runtime": Field(replaces=True, computed=True),
    "capabilities": Field(replaces=True, block=_CAPABILITIES),
    "securityOpts": Field(replaces=True, computed=True, unordered=True),
    "groupAdds": Field(replaces=True, unordered=True),
    "mounts": Field(replaces=True, unordered=True, block=_MOUNT),
    "volumes": Field(replaces=True, unordered=True, block=_VOLUME),
    "uploads": Field(replaces=True, unordered=True, block=_UPLOAD),
    "devices": Field(replaces=True, unordered=True, block=_DEVICE),
    "deviceRequests": Field(replaces=True, block=_DEVICE_REQUEST),
    "deviceCgroupRules": Field(replaces=True, unordered=True),
    "gpus": Field(replaces=True),
    "cpus": Field(replaces=True),
    "shmSize": Field(replaces=True, computed=True),
    "storageOpts": Field(replaces=True),
    "sysctls": Field(replaces=True),
    "ulimits": Field(replaces=True, unordered=True, block={name: Field() for name in ("name", "soft", "hard")}),
    "logDriver": Field(replaces=True, computed=True),
    "logOpts": Field(replaces=True),
}

KEPT: Mapping[str, Field] = {
    "attach": Field(default=False),
    "logs": Field(default=False),
    "rm": Field(default=False),
    "start": Field(default=True),
    "wait": Field(default=False),
    "waitTimeout": Field(default=60),
    "mustRun": Field(default=True),
    "restart": Field(default="no"),
    "maxRetryCount": Field(),
    "removeVolumes": Field(default=True),
    "destroyGraceSeconds": Field(),
    "containerReadRefreshTimeoutMilliseconds": Field(default=15000),
    "healthcheck": Field(computed=True, block=_HEALTHCHECK),
    "init": Field(computed=True),
    "tmpfs": Field(),
    "memory": Field(),
    "memoryReservation": Field(),
    "memorySwap": Field(),
    "cpuPeriod": Field(),
    "cpuQuota": Field(),
    "cpuSet": Field(),
    "cpuShares": Field(),
    "deviceReadBps": Field(unordered=True, block=_RATE),
    "deviceReadIops": Field(unordered=True, block=_RATE),
    "deviceWriteBps": Field(unordered=True, block=_RATE),
    "deviceWriteIops": Field(unordered=True, block=_RATE),
}

FIELDS: Mapping[str, Field] = {**_REPLACING, **KEPT}
