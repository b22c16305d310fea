"""What a client can do with the machines of a simulated account. Every refusal is a `Refusal`."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from simulators.tensordock import order as orders
from simulators.tensordock.account import Account, Refusal
from simulators.tensordock.clock import SECOND
from simulators.tensordock.stock import Place
from simulators.tensordock.vm import VirtualMachine

NODE = "node-"
"""A host's id is its location's with this in front: one host a location."""


def create(account: Account, attributes: Mapping[str, Any]) -> VirtualMachine:
    """A new machine. Two of the same name are accepted, as the real service does for all that is known."""
    if wrong := orders.problems(attributes):
        raise Refusal(400, wrong)
    if account.behaviour.balance_usd < 1:
        raise Refusal(400, "You need at least $1 in your balance to deploy")
    place = account.place(attributes.get("location_id") or str(attributes["hostnode_id"]).removeprefix(NODE))
    order = orders.order(attributes, place.id)
    _check_room(account, place, order)
    hourly = place.hourly(order) * account.behaviour.price_factor_percent // 100
    place.take(order.gpu_model, order.gpu_count)
    identifier, now = str(uuid.uuid4()), account.clock.now
    vm = VirtualMachine(identifier, order, now, hourly, shows_price=not account.behaviour.hides_price)
    vm.machine = account.machines(identifier, account.delivered(order))
    account.vms[identifier] = vm
    account.enter(vm, "creating", now, hourly)
    if not account.behaviour.never_running:
        vm.will("running", now + round(account.behaviour.boot_s * SECOND))
    return vm


def _check_room(account: Account, place: Place, order: orders.Order) -> None:
    if order.gpu_model not in place.cards:
        raise Refusal(400, "Invalid GPU model")
    if place.id in account.behaviour.no_capacity or place.free(order.gpu_model) < order.gpu_count:
        raise Refusal(400, "No available nodes found")
    if order.dedicated_ip and (place.id in account.behaviour.no_public_ip or not place.dedicated_ips):
        raise Refusal(400, "No available public IPs on hostnode")


def start(account: Account, vm: VirtualMachine) -> None:
    """Switches it on, if its cards are free."""
    if vm.status in ("running", "starting", "creating"):
        raise Refusal(409, "Machine is already running")
    if vm.status not in ("stopped", "stoppeddisassociated"):
        raise Refusal(409, f"Machine is {vm.status}, therefore it cannot be started")
    place = account.place(vm.order.location)
    short = not vm.cards_held and place.free(vm.order.gpu_model) < vm.order.gpu_count
    if account.behaviour.gpu_taken or short:
        raise Refusal(400, "GPU is not available on this node")
    if not vm.cards_held:
        place.take(vm.order.gpu_model, vm.order.gpu_count)
        vm.cards_held = True
    account.enter(vm, "starting", account.clock.now, vm.hourly)
    vm.will("running", account.clock.now + round(account.behaviour.start_s * SECOND))


def stop(account: Account, vm: VirtualMachine) -> None:
    """Switches it off after a while."""
    if vm.status not in ("running", "starting", "creating", "stopping"):
        raise Refusal(409, f"Machine is {vm.status}, therefore it cannot be stopped")
    if vm.status == "stopping" or account.behaviour.ignores_stop:
        return
    account.enter(vm, "stopping", account.clock.now, vm.hourly)
    vm.will(account.behaviour.stopped_as, account.clock.now + round(account.behaviour.stop_s * SECOND))


def modify(account: Account, vm: VirtualMachine, body: Mapping[str, Any]) -> None:
    """Changes the size of a stopped machine; a disk never shrinks, and cards do not go away."""
    if vm.status not in ("stopped", "stoppeddisassociated"):
        raise Refusal(409, "Machine must be stopped")
    old, cards = vm.order, body.get("gpus") or {}
    count, model = cards.get("count", old.gpu_count), cards.get("gpuV0Name", old.gpu_model)
    storage = body.get("diskGb", old.storage_gb)
    if storage < old.storage_gb or count < old.gpu_count or model != old.gpu_model:
        raise Refusal(400, "Storage and GPUs cannot be reduced or exchanged")
    place = account.place(old.location)
    vcpus, ram_gb = body.get("cpuCores", old.vcpus), body.get("ramGb", old.ram_gb)
    order = replace(old, vcpus=vcpus, ram_gb=ram_gb, storage_gb=storage, gpu_count=count)
    # Before anything is changed: of a size in words there is no price.
    hourly = place.hourly(order) * account.behaviour.price_factor_percent // 100
    if vm.cards_held:
        if place.free(model) < count - old.gpu_count:
            raise Refusal(400, "No available GPUs on hostnode")
        place.take(model, count - old.gpu_count)
    vm.order, vm.hourly = order, hourly


def delete(account: Account, vm: VirtualMachine) -> None:
    """Removes it after a while; the bill goes on until then."""
    if account.behaviour.ignores_delete:
        account.behaviour.ignores_delete -= 1
        return
    if vm.status != "deleting":
        account.enter(vm, "deleting", account.clock.now, vm.bill)
        vm.will("gone", account.clock.now + round(account.behaviour.delete_s * SECOND))
