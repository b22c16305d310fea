# shellcheck shell=sh disable=SC2034,SC2154  # the files of runtime/ are put together to one script
# Brings this host to its role. Written for /bin/sh of macOS (bash 3.2) with BSD tools and for Debian's dash; runs as
# the user who logs in. Prints one JSON line a step and a summary last. Exit codes: 0 as it should be, 1 a step failed,
# 2 (check) the host differs, 3 something needed is missing, 4 another run holds the lock.

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
    LC_ALL=C PATH=$PROGRAM_PATH
    export LC_ALL PATH
    umask 022
    ok=0 changed=0 failed=0 skipped=0 locked='' step_pid='' watch_pid='' detail_limit=600 uid=$(id -u)
    if ! work=$(mktemp -d /tmp/ai-platform.XXXXXX 2>&1); then
        give_up 3 preflight "missing: room for temporary files in /tmp: ${work:-}"
    fi
    trap finish EXIT
    trap 'exit 130' HUP INT TERM PIPE
    host
    summary
    if [ "$failed" -gt 0 ]; then exit 1; fi
    if [ "$mode" = check ] && [ "$changed" -gt 0 ]; then exit 2; fi
    exit 0
}

# Root's rights; a machine may give its login user root's own.
as_root() { # program and its arguments...
    if [ "$uid" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

# However the script ends: nothing of it goes on running, and the lock is free.
finish() {
    status=$?
    trap - EXIT
    trap '' HUP INT TERM PIPE
    if [ -n "$watch_pid" ]; then stop_watching; fi
    if [ -n "$step_pid" ]; then kill_tree "$step_pid"; fi
    if [ -n "$locked" ]; then as_root rm -rf "$LOCK"; fi
    rm -rf "$work"
    exit "$status"
}

# Text as the inside of a JSON string, in $json: ASCII, the last characters only. Most texts are plain and short, and
# need none of the six programs that the others do.
json_text() { # text
    case $1 in
    *[!]^-~\#-[\ -!]*) ;;
    *) if [ "${#1}" -le "$detail_limit" ]; then json=$1 && return; fi ;;
    esac
    json=$(printf %s "$1" | tr -d '\r' | tr '\t' ' ' | tr -c '\n\040-\176' '?' | tail -c "$detail_limit" |
        sed 's/\\/\\\\/g; s/"/\\"/g' | awk 'NR > 1 { printf "\\n" } { printf "%s", $0 }')
}

report() { # step, status, detail
    json_text "$3"
    detail=$json
    json_text "$1"
    printf '{"step":"%s","status":"%s","detail":"%s"}\n' "$json" "$2" "$detail"
}

summary() {
    printf '{"summary":{"ok":%d,"changed":%d,"failed":%d,"skipped":%d}}\n' "$ok" "$changed" "$failed" "$skipped"
}

give_up() { # exit code, step, what is wrong
    failed=1
    report "$2" failed "$3"
    summary
    exit "$1"
}
