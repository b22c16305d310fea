# shellcheck shell=sh disable=SC2034,SC2154  # the files of runtime/ are put together to one script
# Steps: each in a subshell with a deadline, since macOS has no timeout(1). One watcher serves the whole run, and what
# most steps do without starts no program: on a run that changes nothing, starting programs is all the time there is.

KEPT_BYTES=4096    # of what a failed step printed, for its report
BOUND_BYTES=262144 # of what a step prints; beyond it only the end stays on the disk, looked at every second

run_step() { # name, seconds, function, its arguments...
    step_name=$1 step_seconds=$2
    shift 2
    if [ "$mode" = apply ] && [ "$failed" -gt 0 ]; then
        skipped=$((skipped + 1))
        return
    fi
    if [ -z "$watch_pid" ]; then
        watch >/dev/null 2>&1 &
        watch_pid=$!
    fi
    : >"$work/out"
    : >"$work/err"
    : >"$work/log"
    # Appending, so that what the watcher cuts stays cut.
    (
        trap - EXIT HUP INT TERM PIPE
        "$@"
    ) >>"$work/out" 2>>"$work/err" &
    step_pid=$!
    echo "$step_pid $step_seconds" >"$work/watched"
    wait "$step_pid"
    step_status=$?
    : >"$work/watched"
    conclude "$step_status"
    step_pid=''
}

conclude() { # exit status of the step
    if [ -e "$work/expired.$step_pid" ]; then
        # Its own processes are dead; those below it may not be yet.
        until [ -e "$work/ended.$step_pid" ]; do sleep 0.1; done
        failed=$((failed + 1))
        report "$step_name" failed "$(last_words && echo "not done within $step_seconds s: ended")"
    elif [ "$1" -eq 0 ]; then
        ok=$((ok + 1))
        report_output ok
    elif [ "$1" -eq "$STEP_CHANGED" ]; then
        changed=$((changed + 1))
        case $mode in
        apply) report_output changed ;;
        check) report_output would-change ;;
        esac
    else
        failed=$((failed + 1))
        report "$step_name" failed "$(last_words)"
    fi
}

report_output() { # status
    said=''
    # A step may print a gigabyte between two looks of the watcher.
    if [ -s "$work/out" ]; then shorten "$work/out"; fi
    if IFS= read -r said <"$work/out"; then
        # More than one line is rare.
        { IFS= read -r _ && IFS= read -r second; } <"$work/out"
        if [ -n "${second:-}" ]; then said=$(tail -c "$KEPT_BYTES" "$work/out"); fi
    fi
    second=''
    report "$step_name" "$1" "$said"
}

last_words() { # of a step that failed, and of the service that it is about
    if [ -s "$work/log" ]; then
        log=$(cat "$work/log")
        echo "$log ends:"
        tail -n 3 "$log" 2>/dev/null
    fi
    tail -c "$KEPT_BYTES" "$work/out"
    tail -c "$KEPT_BYTES" "$work/err"
}

# Counts the seconds of the step under way, and ends it and all below it when its time is up.
watch() {
    trap - EXIT HUP INT TERM PIPE
    watched='' spent=0
    while sleep 1; do
        pid='' limit=''
        read -r pid limit <"$work/watched"
        if [ -z "$pid" ] || [ "$pid" != "$watched" ]; then
            watched=$pid spent=0
            continue
        fi
        spent=$((spent + 1))
        shorten "$work/out"
        shorten "$work/err"
        if [ "$spent" -ge "$limit" ]; then
            : >"$work/expired.$watched"
            kill_tree "$watched"
            : >"$work/ended.$watched"
            watched=''
        fi
    done
}

shorten() { # file
    if [ "$(wc -c <"$1")" -gt "$BOUND_BYTES" ]; then
        tail -c "$KEPT_BYTES" "$1" >"$1.end"
        cat "$1.end" >"$1"
    fi
}

# By signals that no shell can lose while it forks or waits; stopped first, so that it forks nothing meanwhile.
stop_watching() {
    kill -STOP "$watch_pid" 2>/dev/null
    # shellcheck disable=SC2046  # one word for each process
    kill -KILL $(descendants "$watch_pid") 2>/dev/null
    wait "$watch_pid" 2>/dev/null
    watch_pid=''
}

descendants() { # pid: the process and all below it
    ps -A -o pid= -o ppid= | awk -v top="$1" '
        { parent[$1] = $2 }
        END {
            found[top] = 1
            do {
                grown = 0
                for (pid in parent)
                    if (!(pid in found) && (parent[pid] in found)) { found[pid] = 1; grown = 1 }
            } while (grown)
            for (pid in found) print pid
        }'
}

kill_tree() { # pid; some of the processes below may be root's
    tree=$(descendants "$1")
    # shellcheck disable=SC2086  # one word for each process
    as_root kill -TERM $tree 2>/dev/null
    patience=20
    while [ "$patience" -gt 0 ] && any_alive "$tree"; do
        sleep 0.1
        patience=$((patience - 1))
    done
    # shellcheck disable=SC2086
    as_root kill -KILL $tree 2>/dev/null
}

any_alive() { # pids
    for pid in $1; do
        if ps -p "$pid" -o stat= 2>/dev/null | grep -qv '^Z'; then return 0; fi
    done
    return 1
}

# What a step function says. Its reason to change something ends it in check mode.
must_change() {
    printf '%s\n' "$1"
    if [ "$mode" = check ]; then exit "$STEP_CHANGED"; fi
}

done_changing() { exit "$STEP_CHANGED"; }

fail() {
    printf '%s\n' "$1" >&2
    exit 1
}
