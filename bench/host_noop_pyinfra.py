"""A second run on four hosts that have all 25 things already, against pyinfra's second run."""

from bench.fleet import fleet
from bench.host_apply_pyinfra import REMARK
from bench.measure import Measurement, arm_check, interleave


def measure() -> Measurement:
    """Wall seconds. Raises CalledProcessError when either tool fails."""
    with fleet() as machines:
        ours, theirs = machines.new_folder(), machines.new_folder()
        machines.ours(ours)
        machines.pyinfra(theirs)
        check = arm_check(lambda: machines.ours(ours), rounds=3)
        pair = interleave(lambda: machines.ours(ours), lambda: machines.pyinfra(theirs), rounds=5)
    return pair.measurement("s", check, REMARK)
