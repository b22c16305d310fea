# shellcheck shell=sh disable=SC2034,SC2154  # the files of runtime/ are put together to one script
# Kernel, sshd, time and journal.

step_sysctl() { # file, content, key, value, key, value...
    target=$1 content=$2
    shift 2
    wrong=$(sysctl_faults "$@") || exit 1
    if [ -z "$wrong" ] && file_is "$target" "-rw-r--r-- $ROOT_OWNER" "$content"; then
        echo "$(($# / 2)) settings"
        return
    fi
    must_change "${wrong:-$target differs}"
    write_file "$target" "$ROOT_OWNER" 0644 -rw-r--r-- "$content"
    as_root sysctl -q -p "$target" >&2 || fail "the kernel refuses a setting of $target"
    wrong=$(sysctl_faults "$@") || exit 1
    if [ -n "$wrong" ]; then fail "the kernel does not keep what was set: $wrong"; fi
    done_changing
}

sysctl_faults() { # key, value, key, value...
    separator=''
    while [ $# -gt 0 ]; do
        now=$(as_root sysctl -n "$1" 2>/dev/null) || fail "this kernel has no setting $1"
        now=$(printf %s "$now" | tr '\t' ' ')
        if [ "$now" != "$2" ]; then
            printf '%s%s %s -> %s' "$separator" "$1" "$now" "$2"
            separator=', '
        fi
        shift 2
    done
}

# What counts is sshd's own answer: of several values it takes the first. Running sessions are not touched.
step_ssh_limits() { # file, content, key, value, key, value...
    target=$1 content=$2
    shift 2
    if file_is "$target" "-rw-r--r-- $ROOT_OWNER" "$content" && ! is_due ssh && ssh_fault=$(ssh_faults "$@") &&
        [ -z "$ssh_fault" ]; then
        echo "$*"
        return
    fi
    must_change "$target: $(printf %s "$content" | tr '\n' ' ')"
    due ssh
    write_file "$target" "$ROOT_OWNER" 0644 -rw-r--r-- "$content" sshd -t -f
    as_root sshd -t >&2 || fail "sshd refuses its settings, so it goes on with the old ones: sudo sshd -t"
    as_root systemctl reload ssh.service >&2 || fail "sshd does not read its settings"
    no_longer_due ssh
    ssh_fault=$(ssh_faults "$@")
    if [ -n "$ssh_fault" ]; then fail "sshd has $ssh_fault: another file sets it before $target"; fi
    done_changing
}

ssh_faults() { # key, value, key, value...
    effective=$(as_root sshd -T 2>/dev/null) || fail "sshd refuses its settings: sudo sshd -t"
    while [ $# -gt 0 ]; do
        if ! printf '%s\n' "$effective" | grep -qixF "$1 $2"; then
            printf '%s' "$effective" | grep -i "^$1 "
        fi
        shift 2
    done
}

# Whichever keeps the time already is as good as ours.
step_time_sync() { # units that may, the preferred first
    find_time_unit "$@"
    fault=$(unit_fault "$unit")
    if [ -z "$fault" ]; then
        echo "$unit, $(synchronised)"
        return
    elif time_is_kept_outside; then
        echo "a container: the machine around it keeps the time"
        return
    fi
    must_change "$fault"
    start_unit "$unit"
    until [ -z "$(unit_fault "$unit")" ] || time_is_kept_outside; do sleep 0.5; done
    done_changing
}

# The one that is active; else the first that is there; else the first.
find_time_unit() { # units
    unit=''
    for candidate in "$@"; do
        case $(unit_facts "$candidate") in
        *LoadState=loaded*ActiveState=active*)
            unit=$candidate
            return
            ;;
        *LoadState=loaded* | *LoadState=masked*) unit=${unit:-$candidate} ;;
        esac
    done
    unit=${unit:-$1}
}

# Where the clock may not be set systemd has tried to start the service, and its conditions were not met.
time_is_kept_outside() {
    systemd-detect-virt --container --quiet || return 1
    case "$(as_root systemctl show -p ConditionTimestampMonotonic -p ConditionResult "$unit" | tr '\n' ' ')" in
    *ConditionTimestampMonotonic=0\ *) return 1 ;;
    *ConditionResult=no*) ;;
    *) return 1 ;;
    esac
}

synchronised() {
    case $(timedatectl show -p NTPSynchronized --value 2>/dev/null) in
    yes) echo "synchronised" ;;
    *) echo "not synchronised (yet): certificates and package lists need the right time" ;;
    esac
}

step_journal() { # file, content
    if file_is "$1" "-rw-r--r-- $ROOT_OWNER" "$2" && ! is_due journal; then return; fi
    must_change "$1 differs"
    make_parents "$(dirname "$1")" "$ROOT_OWNER" || fail "cannot make the folder of $1"
    due journal
    write_file "$1" "$ROOT_OWNER" 0644 -rw-r--r-- "$2"
    as_root systemctl restart systemd-journald.service >&2 || unit_failed systemd-journald.service
    no_longer_due journal
    done_changing
}
