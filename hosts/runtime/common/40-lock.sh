# shellcheck shell=sh disable=SC2034,SC2154  # the files of runtime/ are put together to one script
# One run at a time on a host. The lock is a directory in a place that a restart of the host empties.

NAMELESS=10 # seconds; a living run writes its name into its lock at once

lock() { # seconds to wait for another run
    if [ "$mode" = check ]; then return; fi
    patience=$1 nameless=0
    until as_root mkdir "$LOCK" 2>/dev/null; do
        holder=$(cat "$LOCK/holder" 2>/dev/null)
        if [ -n "$holder" ]; then nameless=0; else nameless=$((nameless + 1)); fi
        if take_over "${holder%% *}"; then continue; fi
        if [ "$patience" -le 0 ]; then
            give_up 4 lock "another run holds the lock: ${holder:-unknown}. If it is dead: sudo rm -rf $LOCK"
        fi
        patience=$((patience - 1))
        sleep 1
    done
    locked=yes
    echo "$$ is the process of $(id -un) from ${SSH_CONNECTION:-this host} since $(date -u +%Y-%m-%dT%H:%M:%SZ)" |
        as_root tee "$LOCK/holder" >/dev/null
}

# Removes the lock of a run that has died. Two runs that see the same dead one must not both remove a lock: the
# second could remove the first one's new lock. So this too is done under a lock.
take_over() { # pid of the holder, as read; nothing for a lock whose run was killed before it wrote its name
    if [ -n "$1" ] && ps -p "$1" >/dev/null 2>&1; then return 1; fi
    if [ -z "$1" ] && [ "$nameless" -le "$NAMELESS" ]; then return 1; fi
    as_root mkdir "$LOCK.removal" 2>/dev/null || return 1
    still=$(cat "$LOCK/holder" 2>/dev/null)
    if [ "${still%% *}" = "$1" ]; then
        as_root rm -rf "$LOCK"
        changed=$((changed + 1))
        report lock changed "the lock of a run that had died was removed: ${still:-it had no name yet}"
    fi
    as_root rm -rf "$LOCK.removal"
}
