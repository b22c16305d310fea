"""What a machine finds at its first boot: its order for cloud-init, and its cards. Pure."""

import io
import json
import re
import tarfile
from typing import Any

from simulators.hosts.container import add_file
from simulators.tensordock.order import Order

PASSED_ON = ("packages", "package_update", "package_upgrade", "write_files", "runcmd")
FIELDS = (
    "index,name,uuid,pci.bus_id,driver_version,memory.total,memory.used,memory.free,utilization.gpu,temperature.gpu,"
    "power.draw,power.limit,persistence_mode"
)
DRIVER = "550.163.01"
WITH_DRIVER = "_ml_"
"""Images with this in their name have a driver; on the others nobody can use the card before installing one."""


def user_data(order: Order) -> str:
    """The order in cloud-init's words; nothing else of what it may say reaches the machine."""
    wanted: dict[str, Any] = {key: order.cloud_init[key] for key in PASSED_ON if key in order.cloud_init}
    if order.ssh_key:
        wanted["ssh_authorized_keys"] = [order.ssh_key]
    return "#cloud-config\n" + json.dumps(wanted)


def cards(order: Order) -> str:
    """The table that nvidia-smi reads: one line a card, at rest."""
    name, memory = _described(order.gpu_model)
    rows = [
        f"{index},{name},GPU-{index:08x}-0000-4000-8000-000000000000,00000000:{index + 1:02x}:00.0,{DRIVER},"
        f"{memory} MiB,1 MiB,{memory - 1} MiB,0 %,34,18.52 W,450.00 W,Disabled"
        for index in range(order.gpu_count)
    ]
    return "\n".join([FIELDS, *rows]) + "\n"


def _described(model: str) -> tuple[str, int]:
    """Name and memory in MiB of a model as the API spells it: `geforcertx4090-pcie-24gb`."""
    memory = re.search(r"(\d+)gb$", model)
    name = model.partition("-")[0].replace("geforcertx", "GeForce RTX ").replace("rtx", "RTX ").upper()
    return f"NVIDIA {name.replace('GEFORCE', 'GeForce')}", 1024 * int(memory[1] if memory else 24)


def archive(identifier: str, order: Order) -> bytes:
    """The files, to be unpacked at the root of the machine."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        seed = "var/lib/cloud/seed/nocloud"
        about = json.dumps({"instance-id": identifier, "local-hostname": order.name})
        add_file(tar, f"{seed}/meta-data", about.encode())
        add_file(tar, f"{seed}/user-data", user_data(order).encode())
        found = "gpu.csv" if WITH_DRIVER in order.image else "gpu.absent"
        add_file(tar, f"var/lib/simulator/{found}", cards(order).encode(), mode=0o644)
    return packed.getvalue()
