# shellcheck shell=sh disable=SC2034,SC2154  # the files of this folder are put together to one script
# Brings this host to its role. Written for /bin/sh of macOS (bash 3.2) and BSD tools; runs as the user who owns
# Homebrew. Prints one JSON line a step and a summary last. Exit codes: 0 as it should be, 1 a step failed, 2 (check)
# the host differs, 3 something needed is missing, 4 another run holds the lock.

STEP_CHANGED=120 # exit status of a step that changed something, or would have in check mode
LOCK=/var/run/ai-platform.lock

main() {
    mode=${1:-}
    case $mode in
    apply | check) ;;
    *)
        echo "usage: /bin/sh -s -- apply|check" >&2
        exit 64
        ;;
    esac
    set -u
    unset LC_CTYPE LANG
    LC_ALL=C PATH=/opt/homebrew/bin:/usr/bin:/bin:/usr/sbin:/sbin
    export LC_ALL PATH
    umask 022
    ok=0 changed=0 failed=0 skipped=0 locked='' step_pid='' watch_pid=''
    work=$(mktemp -d /tmp/ai-platform.XXXXXX) || exit 1
    trap finish EXIT
    trap 'exit 130' HUP INT TERM PIPE
    host
    summary
    if [ "$failed" -gt 0 ]; then exit 1; fi
    if [ "$mode" = check ] && [ "$changed" -gt 0 ]; then exit 2; fi
    exit 0
}

# However the script ends: nothing of it goes on running, and the lock is free.
finish() {
    status=$?
    trap - EXIT
    trap '' HUP INT TERM PIPE
    if [ -n "$watch_pid" ]; then stop_watching; fi
    if [ -n "$step_pid" ]; then kill_tree "$step_pid"; fi
    if [ -n "$locked" ]; then sudo -n rm -rf "$LOCK"; fi
    rm -rf "$work"
    exit "$status"
}

# Text on standard input as the inside of a JSON string: ASCII, the last 600 characters.
json_text() {
    tr -d '\r' | tr '\t' ' ' | tr -c '\n\040-\176' '?' | tail -c 600 |
        sed 's/\\/\\\\/g; s/"/\\"/g' | awk 'NR > 1 { printf "\\n" } { printf "%s", $0 }'
}

report() { # step, status; the detail on standard input
    printf '{"step":"%s","status":"%s","detail":"%s"}\n' \
        "$(printf %s "$1" | json_text)" "$2" "$(json_text)"
}

summary() {
    printf '{"summary":{"ok":%d,"changed":%d,"failed":%d,"skipped":%d}}\n' "$ok" "$changed" "$failed" "$skipped"
}
