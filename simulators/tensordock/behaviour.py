"""How the simulated service behaves until somebody changes it: what public clients have met, on switches."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Behaviour(BaseModel):
    """The switches. Delays in seconds of the simulator's clock. Defaults: a service in its best mood."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    boot_s: float = 10
    """From the order to `running`."""
    ip_s: float = 15
    """From `running` to an address: a machine can be `running` for a while without one."""
    start_s: float = 8
    stop_s: float = 5
    delete_s: float = 3
    list_lag_s: float = 0
    """Lists show machines, and stop showing them, that much later than they change."""

    statuses: Literal["lower", "upper", "title", "snake"] = "lower"
    list_shape: Literal["documented", "flat"] = "documented"
    instance_shape: Literal["flat", "wrapped"] = "flat"
    errors: Literal["ok_with_error", "http"] = "ok_with_error"
    """Refusals for want of capacity: in a body of HTTP 200, or with their HTTP status."""

    never_ip: bool = False
    never_running: bool = False
    dies_after_boot: bool = False
    """Stops by itself as soon as it runs."""
    ports_ignored: bool = False
    ports_differ: bool = False
    address_changes: bool = False
    """Each start gives another address and other ports, as it always does with real machines behind them."""
    no_capacity: list[str] = []
    """Locations that refuse every order although they are offered."""
    no_public_ip: list[str] = []
    ssh_key_ignored: list[str] = []
    """Locations whose machines do not get the key of their order."""
    cloud_init_ignored: list[str] = []
    """Locations whose machines do nothing at their first boot."""
    ssh_unreachable: bool = False
    """From its next start on a machine says that SSH is at a port that leads nowhere."""
    price_factor_percent: int = 100
    """Machines cost that much of the price that was offered."""
    hides_price: bool = False

    stopped_as: Literal["stopped", "stoppeddisassociated"] = "stopped"
    stopped_bills: Literal["storage", "full"] = "storage"
    powered_off_as: Literal["stopped", "stoppeddisassociated", "running"] = "stopped"
    """What a machine that powered itself off shows; `running`: nobody notices, and the full price goes on."""
    ignores_stop: bool = False
    gpu_taken: bool = False
    """Starts of stopped machines are refused: somebody else has the card."""
    ignores_delete: int = 0
    """So many deletions are answered with a success and nothing else."""

    balance_usd: float = 100
    calls_per_minute: int | None = 100
    names_retry_after: bool = True
