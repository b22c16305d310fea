# shellcheck shell=sh disable=SC2034,SC2154  # the files of runtime/ are put together to one script
# systemd units.

# A service is older than its files from the moment that they change until it has been restarted. A mark in a place
# that a restart of the host empties stands for that time, so a run that was cut off in it is noticed.
due() { as_root mkdir -p "$DUE/$1" || fail "cannot write $DUE"; }
is_due() { [ -e "$DUE/$1" ]; }
no_longer_due() { as_root rm -rf "${DUE:?}/$1"; }

unit_facts() { # unit
    as_root systemctl show -p LoadState -p ActiveState -p UnitFileState -p NeedDaemonReload "$1" 2>/dev/null | tr '\n' ' '
}

# What is wrong with a unit that should be enabled and active; nothing when nothing is.
unit_fault() { # unit
    facts=$(unit_facts "$1")
    case $facts in
    *LoadState=not-found*) echo "$1 is not there" ;;
    *NeedDaemonReload=yes*) echo "systemd has an older $1" ;;
    *UnitFileState=disabled* | *UnitFileState=masked* | *UnitFileState=*-runtime*) echo "$1 is not enabled" ;;
    *ActiveState=active*) ;;
    *) echo "$1 is not active" ;;
    esac
}

# Without a content the unit is the system's own. A service that a timer starts has a file and nothing more.
step_unit() { # unit, its file, content or nothing, started (yes, no), probe, its arguments but the unit...
    unit=$1 unit_file=$2 content=$3 started=$4
    shift 4
    reason=$(unit_reason)
    if [ -z "$reason" ] && [ "$started" = no ]; then return; fi
    if [ -z "$reason" ] && answer=$("$@" "$unit" 2>&1); then
        echo "$answer"
        return
    fi
    must_change "${reason:-$answer}"
    if [ -n "$content" ]; then
        due "$unit"
        write_file "$unit_file" "$ROOT_OWNER" 0644 -rw-r--r-- "$content"
        as_root systemctl daemon-reload || fail "systemd does not read its units"
    fi
    if [ "$started" = yes ]; then start_unit "$unit"; fi
    no_longer_due "$unit"
    if [ "$started" = yes ]; then wait_for_unit "$@"; fi
    done_changing
}

wait_for_unit() { # probe, its arguments...
    before=''
    until answer=$("$@" "$unit" 2>&1); do
        if [ "$answer" != "$before" ]; then printf '%s\n' "$answer" >&2; fi
        before=$answer
        sleep 0.5
    done
    echo "$answer"
}

unit_reason() {
    if [ -n "$content" ] && ! file_is "$unit_file" "-rw-r--r-- $ROOT_OWNER" "$content"; then
        echo "$unit_file differs"
    elif is_due "$unit"; then
        echo "$unit runs with an older file"
    elif [ "$started" = yes ]; then
        unit_fault "$unit"
    else
        case $(unit_facts "$unit") in
        *LoadState=not-found* | *NeedDaemonReload=yes*) echo "systemd does not know $unit" ;;
        esac
    fi
}

start_unit() { # unit: enabled, and started anew
    case $(unit_facts "$1") in
    *UnitFileState=masked*) as_root systemctl unmask "$1" >&2 ;;
    esac
    as_root systemctl enable "$1" >&2 || fail "$1 cannot be enabled"
    as_root systemctl reset-failed "$1" 2>/dev/null
    as_root systemctl restart "$1" >&2 || unit_failed "$1"
}

unit_failed() { # unit
    as_root journalctl -u "$1" -n 5 -o cat --no-pager >&2
    fail "$1 does not start"
}

probe_unit() { # unit
    fault=$(unit_fault "$1")
    if [ -n "$fault" ]; then
        echo "$fault"
        return 1
    fi
    echo "active"
}
