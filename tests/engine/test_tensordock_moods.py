"""What the provider does when the service is in one of the moods that public clients have met."""

import re
from pathlib import Path

import pytest

from simulators.tensordock.control import become
from simulators.tensordock.faults import Fault
from simulators.tensordock.service import TOKEN
from tests.engine.plugin_process import PartialCreation, Refusal
from tests.engine.tensordock_rig import CARD, Killed, Rig


@pytest.fixture
def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rig:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return Rig(tmp_path, poll_s=10)


def locations(rig: Rig) -> list[str]:
    """Where machines were made, in order."""
    return [vm.order.location for vm in rig.account.vms.values()]


def test_a_machine_without_an_address_is_removed_before_the_next_place_is_tried(rig: Rig) -> None:
    rig.account.behaviour.never_ip = True
    with pytest.raises(Refusal, match=r"(?s)no place takes.*Chubbuck.*it has no address after 600 s.*Frankfurt"):
        rig.up()
    assert locations(rig) == ["loc-home", "loc-mid", "loc-best"]
    assert rig.billing() == []
    assert rig.recorded is None


def test_a_machine_that_stops_by_itself_is_removed(rig: Rig) -> None:
    rig.account.behaviour.dies_after_boot = True
    with pytest.raises(Refusal, match="it went to stopped by itself"):
        rig.up()
    assert rig.billing() == []


def test_no_capacity_and_no_address_lead_to_the_next_place(rig: Rig) -> None:
    rig.account.behaviour.no_capacity = ["loc-home"]
    rig.account.behaviour.no_public_ip = ["loc-mid"]
    assert rig.up() == "created"
    assert locations(rig) == ["loc-best"]


def test_where_no_place_is_left_every_reason_is_told_and_nothing_exists(rig: Rig) -> None:
    rig.account.behaviour.no_capacity = ["loc-home", "loc-mid"]
    with pytest.raises(
        Refusal, match=r"(?s)No available nodes found.*Frankfurt.*more than the cap of 0\.4 USD an hour"
    ):
        rig.up(maxHourlyPrice=0.4)
    assert rig.account.vms == {}


def test_a_machine_that_costs_more_than_it_was_offered_for_is_not_kept(rig: Rig) -> None:
    rig.account.behaviour.price_factor_percent = 300
    with pytest.raises(Refusal, match=r"it costs 1\.047 USD an hour, more than the cap of 1 USD an hour"):
        rig.up()
    assert rig.billing() == []


def test_too_little_money_ends_the_search_at_once(rig: Rig) -> None:
    rig.account.behaviour.balance_usd = 0.5
    with pytest.raises(Refusal, match=r"at least \$1"):
        rig.up()
    assert len([call for call in rig.service.calls if call.method == "POST"]) == 1


def test_a_machine_that_ignores_its_stop_is_told_with_its_price(rig: Rig) -> None:
    rig.up()
    rig.account.behaviour.ignores_stop = True
    with pytest.raises(
        PartialCreation, match=r"cannot stop VM pulumi-dev-inference-gpu-\S+ .* costs 0\.349 USD an hour"
    ):
        rig.up(running=False)
    assert len([call for call in rig.service.calls if call.path.endswith("/stop")]) > 10
    rig.account.behaviour.ignores_stop = False
    assert rig.up(running=False) == "updated"
    assert rig.output("status") == "stopped"


def test_a_deletion_that_is_ignored_is_asked_for_again_and_never_believed(rig: Rig) -> None:
    rig.up()
    rig.account.behaviour.ignores_delete = 3
    rig.destroy()
    assert rig.existing() == []
    rig.up()
    rig.account.behaviour.ignores_delete = 100_000
    with pytest.raises(Refusal, match=r"cannot delete VM .* costs 0\.349 USD an hour"):
        rig.destroy()
    assert rig.recorded is not None


@pytest.mark.parametrize("verb", ["stop", "delete", "read"])
def test_a_revoked_token_gives_one_page_and_no_storm(rig: Rig, verb: str) -> None:
    rig.up()
    rig.service.token = "another one"
    before = len(rig.service.calls)
    run = {"stop": lambda: rig.up(running=False), "delete": rig.destroy, "read": rig.refresh}[verb]
    with pytest.raises(
        (Refusal, PartialCreation), match=rf"cannot {verb} VM .*Unauthorized.* costs 0\.349 USD an hour"
    ):
        run()
    assert len(rig.service.calls) - before == 1
    assert rig.recorded is not None


def test_a_taken_card_is_told_and_then_replaced_elsewhere_with_the_old_one_gone(rig: Rig) -> None:
    rig.account.behaviour.stopped_as = "stoppeddisassociated"
    rig.up()
    rig.up(running=False)
    assert rig.output("status") == "stoppeddisassociated"
    rig.account.stock[0].cards[CARD] = (300_000, 0)
    with pytest.raises(PartialCreation, match="the next `pulumi up` replaces it, and its disk is lost"):
        rig.up(running=True)
    assert rig.up(running=False) == "updated"
    with pytest.raises(PartialCreation):
        rig.up(running=True)
    assert rig.up(running=True) == "replaced"
    assert [(vm.order.location, vm.gone is None) for vm in rig.account.vms.values()] == [
        ("loc-home", False), ("loc-mid", True)
    ]  # fmt: skip


def test_an_account_without_money_costs_nobody_the_disk_of_a_stopped_machine(rig: Rig) -> None:
    rig.up()
    rig.up(running=False)
    [machine] = rig.account.existing()
    no_money = {"kind": "error", "status": 400, "method": "POST", "message": "You need at least $1 to start"}
    rig.service.faults = [Fault.model_validate({**no_money, "path": f"/instances/{machine.id}/start"})]
    with pytest.raises(PartialCreation, match="at least"):
        rig.up()
    assert rig.up() == "updated"
    assert [(each.id, each.status) for each in rig.account.existing()] == [(machine.id, "running")]


def test_address_and_ports_are_read_again_after_every_start(rig: Rig) -> None:
    rig.account.behaviour.address_changes = True
    asked = {"dedicatedIp": False, "portForwards": [{"internalPort": 22, "externalPort": 20022}]}
    rig.up(**asked)
    old = rig.output("ipAddress"), rig.output("sshPort")
    rig.up(**asked, running=False)
    rig.up(**asked, running=True)
    new = rig.output("ipAddress"), rig.output("sshPort")
    assert old[0] != new[0]
    assert old[1] != new[1]


def test_a_place_that_ignores_port_forwards_will_not_do(rig: Rig) -> None:
    rig.account.behaviour.ports_ignored = True
    with pytest.raises(Refusal, match="it has no forwarded port 22"):
        rig.up(dedicatedIp=False, portForwards=[{"internalPort": 22, "externalPort": 20022}])
    assert rig.billing() == []


def test_power_that_went_off_by_itself_is_seen_and_comes_back_on(rig: Rig) -> None:
    rig.up()
    become(rig.account, rig.existing()[0], "stopped")
    assert rig.up() == "same"
    rig.refresh()
    assert rig.output("running") is False
    assert rig.up() == "updated"
    assert rig.output("status") == "running"


def test_a_broken_machine_is_replaced(rig: Rig) -> None:
    rig.up()
    become(rig.account, rig.existing()[0], "error")
    rig.refresh()
    assert rig.up() == "replaced"
    assert len(rig.existing()) == 1


def test_a_vanished_machine_is_not_replaced_without_a_preview_of_it(rig: Rig) -> None:
    rig.up()
    become(rig.account, rig.existing()[0], "gone")
    with pytest.raises(Refusal, match=r"run `pulumi refresh`, then `pulumi up` shows a new one"):
        rig.up(vcpuCount=8)
    assert rig.existing() == []
    rig.refresh()
    assert rig.recorded is None


def test_a_second_machine_made_by_a_list_that_lagged_is_removed_in_the_same_run(rig: Rig) -> None:
    rig.account.behaviour.list_lag_s = 12

    def watch(call: object, reply: object) -> None:
        if reply is not None and getattr(call, "method", "") == "POST":
            rig.watch = None
            raise Killed

    rig.watch = watch
    with pytest.raises(Killed):
        rig.up()
    assert rig.up() == "created"
    assert rig.existing() == [rig.output("instanceId")]


def test_what_a_cut_off_creation_of_another_kind_has_left_is_removed(rig: Rig) -> None:
    rig.watch = lambda call, reply: (_ for _ in ()).throw(Killed()) if reply and call.method == "POST" else None
    with pytest.raises(Killed):
        rig.up(image="ubuntu2204")
    rig.watch = None
    rig.up(image="ubuntu2404")
    assert [vm.order.image for vm in rig.account.existing()] == ["ubuntu2404"]


def test_ssh_that_never_answers_makes_a_place_unusable(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("providers.tensordock.plugin.readiness._ssh_answers", lambda address, port: False)
    with pytest.raises(Refusal, match=r"it has no SSH server at 198\.51\.\d+\.\d+:22 after 600 s"):
        rig.up(waitForSsh=True, attempts=1)
    assert rig.billing() == []


def test_no_error_and_no_state_holds_the_token_or_cloud_init_in_the_open(rig: Rig) -> None:
    rig.faults(Fault(kind="error", status=500, message=f"{TOKEN} canary", path="/instances/", times=10_000))
    with pytest.raises(PartialCreation) as caught:
        rig.up(cloudInit={"runcmd": ["echo canary"]})
    assert TOKEN not in str(caught.value)
    assert rig.recorded is not None
    assert "canary" not in re.sub(r"Secret\(.*?\)", "", repr(rig.recorded.outputs))


def test_a_token_that_is_missing_is_told_with_the_command_that_sets_it(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.engine.tensordock_rig.TOKEN", "")
    monkeypatch.delenv("TENSORDOCK_API_TOKEN", raising=False)
    with pytest.raises(Refusal, match="pulumi config set --secret tensordock:apiToken"):
        rig.up()
    assert rig.service.calls == []


@pytest.mark.parametrize("token", ["canary\n", "canary\r\nX-Other: 1", "canary\u20ac"])
def test_a_token_that_was_copied_wrongly_is_refused_and_in_no_error(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setattr("tests.engine.tensordock_rig.TOKEN", token)
    with pytest.raises(Refusal) as caught:
        rig.up()
    assert "canary" not in str(caught.value)


def test_every_order_is_told_with_its_place_and_price_before_it_is_made(rig: Rig) -> None:
    rig.account.behaviour.no_capacity = ["loc-home"]
    rig.up()
    orders = [line for line in rig.said if line.startswith("ordering")]
    assert [re.sub(r"pulumi-\S+", "it", line) for line in orders] == [
        "ordering it at Chubbuck, United States (tier 0) for 0.349 USD an hour",
        "ordering it at Chicago, United States (tier 2) for 0.399 USD an hour",
    ]


def test_a_machine_that_is_not_known_everywhere_yet_is_waited_for(rig: Rig) -> None:
    rig.faults(Fault(kind="error", status=404, method="GET", path="/instances/", times=4))
    assert rig.up() == "created"
    assert locations(rig) == ["loc-home"]


def test_a_machine_in_use_whose_price_rises_above_the_cap_is_stopped_and_kept(rig: Rig) -> None:
    rig.up()
    rig.up(running=False)
    rig.account.vms[rig.existing()[0]].hourly = 2_000_000
    with pytest.raises(PartialCreation, match=r"it costs 2 USD an hour, more than the cap of 1 USD an hour"):
        rig.up(running=True)
    assert [vm.status for vm in rig.account.existing()] == ["stopped"]
    assert rig.up(running=True, maxHourlyPrice=3) == "updated"
    assert rig.output("hourlyMicroUsd") == 2_000_000


def test_a_machine_in_use_that_does_not_come_up_is_kept_and_a_restart_is_advised(rig: Rig) -> None:
    rig.up(running=False)
    rig.account.behaviour.never_ip = True
    with pytest.raises(PartialCreation, match="To restart it, set `running` to false and then to true"):
        rig.up()
    rig.account.behaviour.never_ip = False
    rig.up(running=False)
    assert rig.up() == "updated"
    assert len(rig.account.vms) == 1
