"""Rotation of the daemons' logs.

launchd holds a job's log open for the life of the job, so a file that newsyslog renames goes on growing under its new
name. Each is copied and cut in place instead: it is opened for append, and loses at most the lines in between.
"""

from __future__ import annotations

from hosts.mac.launch_daemon import LaunchDaemon, log_directory
from hosts.step import Step

LARGEST_BYTES = 10 * 1024 * 1024
KEPT = 5
SECONDS_BETWEEN_LOOKS = 3600

SCRIPT = f"""\
cd "$1" || exit 1
for log in *.log; do
    [ -e "$log" ] && [ "$(($(wc -c <"$log")))" -gt {LARGEST_BYTES} ] || continue
    number={KEPT}
    while [ "$number" -gt 1 ]; do
        if [ -e "$log.$((number - 1)).gz" ]; then mv "$log.$((number - 1)).gz" "$log.$number.gz"; fi
        number=$((number - 1))
    done
    cp "$log" "$log.copy" && : >"$log" && gzip -c "$log.copy" >"$log.1.gz" && rm "$log.copy"
done
"""


def rotation_daemon(user: str, home: str) -> LaunchDaemon:
    """Looks at every log in the user's folder of logs; keeps as many old ones, compressed."""
    program = ("/bin/sh", "-c", SCRIPT, "rotate", log_directory(home))
    return LaunchDaemon(name="log-rotation", program=program, user=user, home=home, every_seconds=SECONDS_BETWEEN_LOOKS)


def rotation_step(user: str, home: str) -> Step:
    """Has the rotation loaded."""
    return rotation_daemon(user, home).step(60, ("probe_loaded",))
