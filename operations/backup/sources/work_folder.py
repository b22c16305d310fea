"""The folder in which a server's own tools put what is to be saved, as the head of a shell script."""

from __future__ import annotations

ROOM_KIB = 65_536
"""What has to stay free below it beside the copy."""
# What a killed run has left is cleared away two days later: nothing that works is that old.
WORK_FOLDER = """
umask 077
find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'ai-platform-dump.*' -mmin +2880 -exec rm -rf {} + 2>/dev/null
work=$(mktemp -d "${TMPDIR:-/tmp}/ai-platform-dump.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM PIPE
"""
"""Makes `$work`, which goes with the script however it ends."""
