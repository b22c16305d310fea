"""`docker.Network`."""

from typing import Any, ClassVar

from typing_extensions import override

from providers.common.resource import Call, Snapshot
from providers.common.schema import Field
from providers.common.values import Properties
from simulators.plugins.docker.container_fields import LABEL
from simulators.plugins.docker.daemon_resource import DaemonResource, label_list, label_map
from simulators.plugins.docker.host_request import set_values

_POOL = {"subnet": Field(), "gateway": Field(computed=True), "ipRange": Field(), "auxAddress": Field()}


class Network(DaemonResource):
    """A network; any change makes a new one. Its removal waits for its containers to leave."""

    token = "docker:index/network:Network"  # noqa: S105 - a type token
    named_by: ClassVar[str | None] = "name"
    outputs = ("scope",)
    fields: ClassVar = {
        "name": Field(replaces=True),
        "labels": Field(replaces=True, unordered=True, block=LABEL),
        "driver": Field(replaces=True, computed=True),
        "options": Field(replaces=True, computed=True),
        "internal": Field(replaces=True, computed=True),
        "attachable": Field(replaces=True),
        "ingress": Field(replaces=True),
        "ipv6": Field(replaces=True),
        "ipamDriver": Field(replaces=True, default="default"),
        "ipamOptions": Field(replaces=True),
        "ipamConfigs": Field(replaces=True, computed=True, unordered=True, block=_POOL),
    }

    @override
    def create(self, inputs: Properties, call: Call) -> Snapshot:
        with self.daemon.doing(f"create network {inputs['name']}") as client:
            made = client.create_network(inputs["name"], **network_arguments(inputs))
        return self.made(made["Id"], inputs)

    @override
    def delete(self, identifier: str, state: Properties, call: Call) -> None:
        def remove() -> None:
            with self.daemon.doing(f"delete network {state.get('name', identifier)}") as client:
                client.remove_network(identifier)

        self.removed(remove, call, in_use="has active endpoints")

    @override
    def existing(self, identifier: str, known: Properties) -> Snapshot:
        with self.daemon.doing(f"inspect network {known.get('name', identifier)}") as client:
            found = client.inspect_network(identifier)
        return Snapshot(found["Id"], network_state(found, known))


def network_arguments(inputs: Properties) -> dict[str, Any]:
    """The SDK's arguments of a creation. Pure. A name that is taken is refused, not doubled."""
    pools = [
        set_values(
            {
                "Subnet": pool.get("subnet"),
                "Gateway": pool.get("gateway"),
                "IPRange": pool.get("ipRange"),
                "AuxiliaryAddresses": pool.get("auxAddress"),
            }
        )
        for pool in inputs.get("ipamConfigs", [])
    ]
    return {
        "check_duplicate": True,
        "driver": inputs.get("driver", "bridge"),
        "internal": bool(inputs.get("internal")),
        "attachable": inputs.get("attachable"),
        "ingress": inputs.get("ingress"),
        "enable_ipv6": bool(inputs.get("ipv6")),
        "options": inputs.get("options"),
        "labels": label_map(inputs.get("labels", [])),
        "ipam": {"Driver": inputs["ipamDriver"], "Config": pools, "Options": inputs.get("ipamOptions")},
    }


def network_state(found: dict[str, Any], known: Properties) -> Properties:
    """What is read back of a network. Pure."""
    pools = [
        {
            "subnet": pool.get("Subnet", ""),
            "gateway": pool.get("Gateway", ""),
            "ipRange": pool.get("IPRange", ""),
            "auxAddress": pool.get("AuxiliaryAddresses") or {},
        }
        for pool in found["IPAM"]["Config"] or []
    ]
    return {
        **known,
        "name": found["Name"],
        "labels": label_list(found["Labels"]),
        "driver": found["Driver"],
        "options": found["Options"] or {},
        "internal": found["Internal"],
        "attachable": found["Attachable"],
        "ingress": found["Ingress"],
        "ipv6": found["EnableIPv6"],
        "ipamDriver": found["IPAM"]["Driver"],
        "ipamConfigs": pools,
        "scope": found["Scope"],
    }
