"""The part of the simulator that no real service has: `/_simulator/...` sets its clock, its mood and its faults.

GET  /_simulator/state      time, behaviour, machines, bill, number of calls
GET  /_simulator/ledger     all intervals
GET  /_simulator/calls      all calls
POST /_simulator/clock      {"advance": seconds}
POST /_simulator/behaviour  any of its switches
POST /_simulator/faults     a list of faults, which replaces the old one
POST /_simulator/token      {"token": "..."}: the old one is revoked
POST /_simulator/vms        {"name": "..."}: somebody else who has the token rents a machine
POST /_simulator/vms/{id}   {"become": "stopped" | "stoppeddisassociated" | "error" | "gone"}: by itself, without a call
POST /_simulator/vms/{id}/gpu     {"utilization.gpu": "97 %", ...}: what its nvidia-smi tells from now on
POST /_simulator/vms/{id}/network {"cut": true | false}: connections hang, or get answers again
POST /_simulator/vms/{id}/switch  {"switch": "gpu-absent", "state": "on" | "off", "value": ""}: trouble inside
"""

import os
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from simulators.reply import Reply, Request
from simulators.tensordock import operations
from simulators.tensordock.account import Account, Refusal
from simulators.tensordock.behaviour import Behaviour
from simulators.tensordock.clock import SECOND
from simulators.tensordock.faults import Fault
from simulators.tensordock.ledger import total
from simulators.tensordock.machine import Machine, MachineError
from simulators.tensordock.service import Service
from simulators.tensordock.transitions import stopped, vanish

PREFIX = "/_simulator/"
FOREIGN: Final[Mapping[str, Any]] = {
    "image": "ubuntu2404", "location_id": "loc-best", "useDedicatedIp": True, "ssh_key": "ssh-ed25519 AAAA somebody",
    "resources": {"vcpu_count": 2, "ram_gb": 16, "storage_gb": 100, "gpus": {"a100-pcie-80gb": {"count": 1}}},
}  # fmt: skip
"""What a machine is that is rented behind our back."""


def control(service: Service, request: Request) -> Reply:
    """Carries out one call to `/_simulator/...`; a mistake in it is a 400 that says what is wrong."""
    try:
        with service.lock:
            found = _carried_out(service, request.method, request.path.removeprefix(PREFIX), request.body)
            service.settle()
    except (ValidationError, ValueError, KeyError, TypeError, MachineError) as error:
        return Reply.json({"error": str(error)}, 400)
    except Refusal as refusal:
        return Reply.json({"error": refusal.content}, refusal.status)
    return Reply.json(found)


def _carried_out(service: Service, method: str, path: str, body: Any) -> Any:  # noqa: PLR0911 - one line per control
    account = service.account
    match method, path.split("/"):
        case "GET", ["state"]:
            return _state(service)
        case "GET", ["ledger"]:
            return [asdict(interval) for interval in account.ledger.intervals]
        case "GET", ["calls"]:
            return [asdict(call) for call in service.calls]
        case "POST", ["clock"]:
            account.clock.advance(body["advance"])
            return {"now": account.clock.now}
        case "POST", ["behaviour"]:
            account.behaviour = Behaviour.model_validate({**account.behaviour.model_dump(), **body})
            return account.behaviour.model_dump()
        case "POST", ["faults"]:
            service.faults = TypeAdapter(list[Fault]).validate_python(body)
            return {"faults": len(service.faults)}
        case "POST", ["token"]:
            service.token = str(body["token"])
            return {}
        case "POST", ["vms"]:
            return {"id": operations.create(account, {**FOREIGN, "name": body["name"]}).id}
        case "POST", ["vms", identifier]:
            return become(account, identifier, body["become"])
        case "POST", ["vms", identifier, "gpu"]:
            changes = [f"{field}={value}" for field, value in body.items()]
            return {"said": _real(account, identifier).program("gpu.py", *changes)}
        case "POST", ["vms", identifier, "network"]:
            _real(account, identifier).cut_off(on=bool(body["cut"]))
            return body
        case "POST", ["vms", identifier, "switch"]:
            turned = (body["switch"], body["state"], *filter(None, [body.get("value", "")]))
            return {"said": _real(account, identifier).program("switch.py", *turned)}
    raise Refusal(404, f"{method} {PREFIX}{path}: no such control")


def become(account: Account, identifier: str, status: str) -> dict[str, str]:
    """A machine changes without a call: it powers off, its card is reclaimed, it breaks, somebody deletes it."""
    vm = account.vm(identifier)
    match status:
        case "stopped" | "stoppeddisassociated":
            stopped(account, vm, status, account.clock.now)
        case "error":
            account.enter(vm, status, account.clock.now, vm.bill)
        case "gone":
            vanish(account, vm)
        case _:
            raise ValueError(f"a machine cannot become {status!r}")
    return {"status": vm.status}


def _real(account: Account, identifier: str) -> Machine:
    machine = account.vm(identifier).machine
    if machine is None:
        raise ValueError(f"nothing stands behind {identifier}: this account was started without real machines")
    return machine


def _state(service: Service) -> dict[str, Any]:
    account = service.account
    service.settle()
    now = account.clock.now
    return {
        "folder": service.folder,
        "pid": os.getpid(),
        "now": now,
        "seconds": now / SECOND,
        "behaviour": account.behaviour.model_dump(),
        "faults": [fault.model_dump() for fault in service.faults],
        "vms": [{"id": vm.id, "name": vm.order.name, "status": vm.status, "micro_usd_hour": vm.bill,
                 "ip": vm.ip, "ports": vm.ports} for vm in account.existing()],
        "micro_usd": float(total(account.ledger.intervals, now)),
        "calls": len(service.calls),
    }  # fmt: skip
