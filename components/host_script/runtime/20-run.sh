# shellcheck shell=sh disable=SC2034,SC2154  # the files of this folder are put together to one script
# Steps: each in a subshell with a deadline, since macOS has no timeout(1).

run_step() { # name, seconds, function, its arguments...
    step_name=$1 step_seconds=$2
    shift 2
    if [ "$mode" = apply ] && [ "$failed" -gt 0 ]; then
        skipped=$((skipped + 1))
        return
    fi
    rm -f "$work/expired" "$work/log"
    (
        trap - EXIT HUP INT TERM PIPE
        "$@"
    ) >"$work/out" 2>"$work/err" &
    step_pid=$!
    watch "$step_pid" "$step_seconds" >/dev/null 2>&1 &
    watch_pid=$!
    wait "$step_pid"
    step_status=$?
    step_pid=''
    stop_watching
    conclude "$step_status"
}

conclude() { # exit status of the step
    if [ -e "$work/expired" ]; then
        failed=$((failed + 1))
        { last_words && echo "not done within $step_seconds s: ended"; } | report "$step_name" failed
    elif [ "$1" -eq 0 ]; then
        ok=$((ok + 1))
        report "$step_name" ok <"$work/out"
    elif [ "$1" -eq "$STEP_CHANGED" ]; then
        changed=$((changed + 1))
        case $mode in
        apply) report "$step_name" changed <"$work/out" ;;
        check) report "$step_name" would-change <"$work/out" ;;
        esac
    else
        failed=$((failed + 1))
        last_words | report "$step_name" failed
    fi
}

last_words() { # of a step that failed, and of the service that it is about
    if [ -s "$work/log" ]; then
        log=$(cat "$work/log")
        echo "$log ends:"
        tail -n 3 "$log" 2>/dev/null
    fi
    cat "$work/out" "$work/err"
}

watch() { # pid, seconds: ends the process and all below it when the time is up
    trap - EXIT HUP INT TERM PIPE
    sleep "$2"
    : >"$work/expired"
    kill_tree "$1"
}

# With signals that no shell can lose while it forks or waits; stopped first, so that it forks nothing meanwhile.
stop_watching() {
    # Once the time is up it is ending processes: stopped half way, it would leave some of them.
    if [ -e "$work/expired" ]; then
        wait "$watch_pid" 2>/dev/null
        watch_pid=''
        return
    fi
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
    sudo -n kill -TERM $tree 2>/dev/null
    patience=20
    while [ "$patience" -gt 0 ] && any_alive "$tree"; do
        sleep 0.1
        patience=$((patience - 1))
    done
    # shellcheck disable=SC2086
    sudo -n kill -KILL $tree 2>/dev/null
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
