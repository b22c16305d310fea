"""Which networks may reach which port of a Mac.

The rules are for pf, which knows ports where Apple's own firewall knows programs.
Ports that Colima publishes are ordinary ports of the Mac, so one rule covers both kinds of services.
"""

from __future__ import annotations

from dataclasses import dataclass

from hosts.mac.launch_daemon import LaunchDaemon
from hosts.step import Step
from planning.firewall import Rule

ANCHOR = "ai-platform"
CONFIGURATION_FILE = f"/etc/pf.{ANCHOR}.conf"
RULES_FILE = f"/etc/pf.anchors/{ANCHOR}"
SECONDS_BETWEEN_LOOKS = 20

# Apple's own lines come first (/etc/pf.conf of macOS): pf holds one configuration at a time.
CONFIGURATION = f"""\
scrub-anchor "com.apple/*"
nat-anchor "com.apple/*"
rdr-anchor "com.apple/*"
dummynet-anchor "com.apple/*"
anchor "com.apple/*"
load anchor "com.apple" from "/etc/pf.anchors/com.apple"
anchor "{ANCHOR}"
load anchor "{ANCHOR}" from "{RULES_FILE}"
"""


@dataclass(frozen=True, kw_only=True)
class Firewall:
    """What is not named is let through, so `ssh_port` must not be named. Raises ValueError when it is."""

    ports: tuple[Rule, ...]
    ssh_port: int = 22

    def __post_init__(self) -> None:
        for one in self.ports:
            if one.port == self.ssh_port:
                raise ValueError(f"{one.service} listens on port {one.port}, which is sshd's: give it another port")

    def rules(self) -> str:
        """The anchor's text. The first rule that matches counts; whoever is on the Mac itself may reach everything."""
        lines = ["pass in quick on lo0 all"]
        for one in self.ports:
            lines.append(f"# {one.service}")
            lines += [f"pass in quick proto tcp from {source} to any port {one.port}" for source in one.sources]
            lines.append(f"block return in quick proto tcp from any to any port {one.port}")
        return "\n".join(lines) + "\n"

    def daemon(self) -> LaunchDaemon:
        """Loads the rules at boot, and again where Apple's own jobs or another program have loaded theirs instead."""
        script = (
            "/sbin/pfctl -s info 2>/dev/null | grep -q '^Status: Enabled' && "
            f"/sbin/pfctl -s rules 2>/dev/null | grep -q '\"{ANCHOR}\"' || exec /sbin/pfctl -E -f {CONFIGURATION_FILE}"
        )
        return LaunchDaemon(name="firewall", program=("/bin/sh", "-c", script), every_seconds=SECONDS_BETWEEN_LOOKS)

    def steps(self) -> tuple[Step, ...]:
        """Has the rules loaded now and after the next boot."""
        files = (CONFIGURATION_FILE, CONFIGURATION, RULES_FILE, self.rules())
        load = Step("firewall", 60, "step_firewall", files, shown=self.rules())
        return load, self.daemon().step(60, ("probe_loaded",))
