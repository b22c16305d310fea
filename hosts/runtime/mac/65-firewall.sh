# shellcheck shell=sh disable=SC2034,SC2154  # the files of runtime/ are put together to one script
# pf: rules of ours in an anchor of ours, under a configuration that repeats Apple's own. What no rule of ours names is
# let through, and sshd's port is never named: so no rule can lock us out.

step_firewall() { # configuration, its text, file of the rules, their text
    record=$NOTES/firewall # of what pf has loaded
    if file_is "$1" "-rw-r--r-- $ROOT_OWNER" "$2" && file_is "$3" "-rw-r--r-- $ROOT_OWNER" "$4"; then
        if probe_firewall "$record"; then return; fi
        must_change "what pf has loaded is not what $3 says"
    else
        must_change "$3 differs"
    fi
    # The record goes first: after an interruption the rules are loaded again.
    as_root rm -f "$record"
    as_root mkdir -p "$NOTES" || fail "cannot make $NOTES"
    write_file "$3" "$ROOT_OWNER" 0644 -rw-r--r-- "$4" pfctl -n -a ai-platform -f
    write_file "$1" "$ROOT_OWNER" 0644 -rw-r--r-- "$2" pfctl -n -f
    as_root pfctl -E -f "$1" || fail "pf does not take $1"
    loaded_now=$(loaded_rules)
    case $loaded_now in
    *'Status: Enabled'*'"ai-platform"'*) ;;
    *) fail "pf has not taken the rules: $loaded_now" ;;
    esac
    printf '%s\n' "$loaded_now" | as_root tee "$record" >/dev/null || fail "cannot write $record"
    done_changing
}

# pf rewrites rules in words of its own, other ones in other versions: so they are compared with what it said of them
# right after they were loaded.
loaded_rules() {
    as_root pfctl -s info 2>/dev/null | sed -n 's/^\(Status: [A-Za-z]*\).*/\1/p'
    as_root pfctl -s rules 2>/dev/null | grep '"ai-platform"'
    as_root pfctl -a ai-platform -s rules 2>/dev/null
}

probe_firewall() { # record of what was loaded
    if [ "$(as_root cat "$1" 2>/dev/null)" = "$(loaded_rules)" ]; then
        echo "pf has $(grep -c . "$1") lines of ours"
    else
        echo "pf has other rules loaded"
        return 1
    fi
}
