# shellcheck shell=sh disable=SC2034,SC2154  # the files of runtime/ are put together to one script
# Data directories. A note outside says since when one holds data: empty in spite of it, nothing is made there.

lost() { # what, note
    printf '%s held data since %s, and is empty now: restore it, or remove %s to start empty' \
        "$1" "$(as_root cat "$2")" "$2"
}

step_data() { # directory, name, function that accepts one with data, function that fills a new one, arguments of both...
    data=$1 note=$NOTES/data/$2 accept=$3 fill=$4
    shift 4
    if [ -n "$(as_root ls -A "$data" 2>/dev/null)" ]; then
        "$accept" "$data" "$@"
        if as_root test -e "$note"; then
            echo "holds data since $(as_root cat "$note")"
            return
        fi
        must_change "$data holds data"
    else
        if as_root test -e "$note"; then fail "$(lost "$data" "$note")"; fi
        must_change "$data is to be made"
        # Made beside and moved: half of it is never taken for data.
        rm -rf "$data.new" || fail "cannot remove $data.new"
        "$fill" "$data.new" "$@"
        if [ -d "$data" ]; then rmdir "$data" || fail "cannot replace the empty $data"; fi
        mv "$data.new" "$data" || fail "cannot move $data.new to $data"
    fi
    note_data
    done_changing
}

note_data() {
    as_root mkdir -p "$NOTES/data" || fail "cannot make $NOTES/data"
    date -u +%Y-%m-%dT%H:%M:%SZ | as_root tee "$note" >/dev/null || fail "cannot write $note"
}

# A place that its service makes itself, once it has run.
step_note_data() { # name
    note=$NOTES/data/$1
    if as_root test -e "$note"; then
        echo "holds data since $(as_root cat "$note")"
        return
    fi
    must_change "$note is to say that there is data"
    note_data
    done_changing
}
