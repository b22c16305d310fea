# shellcheck shell=sh disable=SC2034,SC2154  # the files of runtime/ are put together to one script
# Colima's virtual machine. Its volumes are data: a machine that is gone is not made again without a word.

step_colima() { # arguments of step_daemon...
    note=$NOTES/data/colima
    if as_root test -e "$note" && [ -z "$(machine)" ]; then fail "$(lost "Colima's machine" "$note")"; fi
    before_start() { stop_machine; }
    step_daemon "$@"
}

machine() { # what colima knows of it as one line of JSON without blanks; empty when there is none
    colima list --json 2>/dev/null | tr -d ' ' | grep '"name":"default"'
}

fact_of() { # JSON, key: its value
    printf '%s\n' "$1" | sed -n 's/.*"'"$2"'":"\{0,1\}\([A-Za-z0-9]*\).*/\1/p'
}

# `colima start` says nothing of other sizes while the machine runs. A disk never shrinks.
probe_machine() { # socket, processors, bytes of memory, of disk, file with its settings, mounts, one a line
    facts=$(machine)
    state=$(fact_of "$facts" status)
    if [ "$state" != Running ]; then
        echo "the machine is ${state:-not there}"
        return 1
    fi
    if [ "$(fact_of "$facts" cpus) $(fact_of "$facts" memory)" != "$2 $3" ]; then
        echo "runs with $(fact_of "$facts" cpus) processors and $(fact_of "$facts" memory) bytes, not $2 and $3"
        return 1
    fi
    disk=$(fact_of "$facts" disk)
    if [ "${disk:-0}" -lt "$4" ]; then
        echo "has a disk of ${disk:-0} bytes, not $4"
        return 1
    fi
    mounted=$(started_mounts "$5")
    if [ -e "$5" ] && [ "$mounted" != "$6" ]; then
        echo "sees $(printf %s "$mounted" | tr '\n' ' '), not $(printf %s "$6" | tr '\n' ' ')"
        return 1
    fi
    curl -fsS --max-time 5 --unix-socket "$1" http://localhost/_ping >/dev/null || return 1
    echo "docker answers at $1"
}

started_mounts() { # file with the settings that it was started with
    awk '
        /^mounts:/ { inside = 1; next }
        /^[a-zA-Z]/ { inside = 0 }
        inside && sub(/.*location: */, "") { gsub(/^"|"$/, ""); print }' "$1" 2>/dev/null
}

# Somebody may have started it by hand, with other sizes.
stop_machine() {
    case $(fact_of "$(machine)" status) in
    '' | Stopped) return ;;
    Running) within 60 colima stop >&2 ;;
    esac
    if [ "$(fact_of "$(machine)" status)" != Stopped ]; then
        within 60 colima stop --force >&2 || fail "colima stop --force does not end the machine"
    fi
}

within() { # seconds, program and its arguments
    seconds=$1
    shift
    "$@" &
    started=$!
    while [ "$seconds" -gt 0 ] && any_alive "$started"; do
        sleep 1
        seconds=$((seconds - 1))
    done
    if any_alive "$started"; then kill_tree "$started"; fi
    wait "$started"
}
