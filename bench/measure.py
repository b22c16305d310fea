"""How two arms are compared so that the ratio means something on a machine that is never quite idle.

Rounds alternate A B, B A, A B ... so that a slow minute hits both arms. Each round records the kernel's CPU pressure
(PSI, `some avg10`: percent of the last ten seconds in which something waited for a CPU), and rounds above the limit
are left out when enough others remain. What is reported is the ratio of medians, with the spread of the rounds.
"""

import math
import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

Arm = Callable[[], float]
PRESSURE_FILE = Path("/proc/pressure/cpu")
PRESSURE_LIMIT_PERCENT = 20.0
CLEAN_ROUNDS_WANTED = 3
ARM_CHECK_TOLERANCE = 0.05


@dataclass(frozen=True, slots=True)
class Measurement:
    """One comparison: medians of both arms in `unit`, their ratio, and in `note` how it was measured."""

    ours: float
    reference: float
    ratio: float
    unit: str
    note: str


class Round(NamedTuple):
    """Both arms once, and the worse CPU pressure in percent seen before and after; None where there is no PSI."""

    ours: float
    reference: float
    pressure: float | None

    @property
    def clean(self) -> bool:
        return self.pressure is None or self.pressure <= PRESSURE_LIMIT_PERCENT


@dataclass(frozen=True, slots=True)
class Pair:
    """All rounds of one comparison."""

    rounds: tuple[Round, ...]

    @property
    def counted(self) -> tuple[Round, ...]:
        """The clean rounds; all of them when too few are clean (the note says so)."""
        clean = tuple(one for one in self.rounds if one.clean)
        return clean if len(clean) >= CLEAN_ROUNDS_WANTED else self.rounds

    @property
    def ours(self) -> float:
        return statistics.median(one.ours for one in self.counted)

    @property
    def reference(self) -> float:
        return statistics.median(one.reference for one in self.counted)

    @property
    def ratio(self) -> float:
        return self.ours / self.reference

    def note(self) -> str:
        """Rounds, spread of the ratio over the rounds, and pressure."""
        ratios = [one.ours / one.reference for one in self.counted]
        low, _, high = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else (ratios[0],) * 3
        pressures = [one.pressure for one in self.rounds if one.pressure is not None]
        noisy = sum(not one.clean for one in self.rounds)
        kept = "left out" if len(self.counted) < len(self.rounds) else "kept, too few others"
        parts = [f"{len(self.rounds)} rounds ABBA, ratio IQR {low:.3f}-{high:.3f}"]
        parts += [f"PSI cpu some avg10 {min(pressures):.0f}-{max(pressures):.0f} %"] if pressures else ["no PSI here"]
        parts += [f"{noisy} noisy rounds {kept}"] if noisy else []
        return ", ".join(parts)

    def measurement(self, unit: str, *remarks: str) -> Measurement:
        return Measurement(self.ours, self.reference, self.ratio, unit, "; ".join([self.note(), *remarks]))


def cpu_pressure() -> float | None:
    """Percent, as the kernel averages it over ten seconds; None where the kernel does not tell."""
    if not PRESSURE_FILE.is_file():
        return None
    fields = dict(field.split("=") for field in PRESSURE_FILE.read_text().splitlines()[0].split()[1:])
    return float(fields["avg10"])


def interleave(ours: Arm, reference: Arm, rounds: int = 7, within: float = math.inf) -> Pair:
    """Measure both arms in alternating order; an arm returns its own figure. Each runs once before, uncounted.

    On a busy machine no round begins after `within` seconds, once there are CLEAN_ROUNDS_WANTED.
    """
    started = time.perf_counter()
    ours(), reference()
    done = []
    for number in range(rounds):
        before = cpu_pressure()
        if number % 2:
            theirs, mine = reference(), ours()
        else:
            mine, theirs = ours(), reference()
        seen = [one for one in (before, cpu_pressure()) if one is not None]
        done.append(Round(mine, theirs, max(seen, default=None)))
        if len(done) >= CLEAN_ROUNDS_WANTED and time.perf_counter() - started > within:
            break
    return Pair(tuple(done))


def arm_check(arm: Arm, rounds: int = 7) -> str:
    """Compare an arm with itself: a remark that says how far from 1 this machine puts two equal things."""
    ratio = interleave(arm, arm, rounds).ratio
    trusted = abs(ratio - 1) <= ARM_CHECK_TOLERANCE
    return f"A/A check {ratio:.3f}" + ("" if trusted else f" (outside 1 +- {ARM_CHECK_TOLERANCE}: noisy machine)")


class Cost(NamedTuple):
    """Seconds on the clock, and seconds of CPU in the command and what it waited for."""

    wall: float
    cpu: float
    output: str


def run_costed(argv: Sequence[str], *, timeout: float, environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command to its end; raises CalledProcessError with its error output when it fails, TimeoutExpired."""
    before, started = _children_cpu(), time.perf_counter()
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=timeout, check=False)
    wall, cpu = time.perf_counter() - started, _children_cpu() - before
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, list(argv), done.stdout, done.stderr[-2000:])
    return Cost(wall, cpu, done.stdout)


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
