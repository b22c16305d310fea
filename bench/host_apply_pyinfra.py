"""25 steps on each of four new hosts: one script over one login, against pyinfra."""

from bench.fleet import HOSTS, fleet
from bench.measure import Measurement, arm_check, interleave

REMARK = f"{HOSTS} simulated machines by real sshd, 13 directories and 12 files each, as whole processes"


def measure(round_trip: float = 0) -> Measurement:
    """Wall seconds. Raises CalledProcessError when either tool fails."""
    with fleet(round_trip) as machines:
        check = arm_check(lambda: machines.ours(machines.new_folder()), rounds=3)
        pair = interleave(
            lambda: machines.ours(machines.new_folder()), lambda: machines.pyinfra(machines.new_folder()), rounds=5
        )
    return pair.measurement("s", check, REMARK)
