# shellcheck shell=sh disable=SC2034,SC2154  # the files of this folder are put together to one script
# Directories and files of the host.

# shellcheck disable=SC2012  # see owner
access_of() { # path: mode as ls shows it, owner:group
    ls -ld "$1" 2>/dev/null | awk 'NR == 1 { print substr($1, 1, 10), $3 ":" $4 }'
}

step_directory() { # path, owner:group, mode in octal, mode as ls shows it
    if [ "$(access_of "$1")" = "$4 $2" ]; then return; fi
    if [ -e "$1" ] && [ ! -d "$1" ]; then fail "$1 is there, but it is not a directory"; fi
    must_change "$(access_of "$1") -> $4 $2"
    make_parents "$(dirname "$1")" "$2" || fail "cannot make the folders above $1"
    sudo -n install -d -o "${2%:*}" -g "${2#*:}" -m "$3" "$1" || fail "cannot make $1"
    done_changing
}

# Folders above ours in the user's home belong to the user, not to root.
make_parents() { # path, owner:group
    if [ -d "$1" ]; then return; fi
    make_parents "$(dirname "$1")" "$2" && sudo -n install -d -o "${2%:*}" -g "${2#*:}" "$1"
}

file_is() { # path, content: whether root's file is there, as it should be
    [ "$(access_of "$1")" = "-rw-r--r-- root:wheel" ] &&
        [ "$(sudo -n cat "$1" && echo .)" = "$2." ]
}

# Writes root's file by way of a hidden one beside it, so that nobody ever sees half of it. A program may check the
# hidden one first. The name is always the same, so an interrupted run leaves at most one behind.
write_file() { # path, content, program and arguments that check it...
    target=$1 content=$2
    shift 2
    beside=$(dirname "$target")/.$(basename "$target").new
    printf %s "$content" | sudo -n tee "$beside" >/dev/null || fail "cannot write $beside"
    sudo -n chown root:wheel "$beside" || fail "cannot give $beside to root"
    sudo -n chmod 0644 "$beside" || fail "cannot set the mode of $beside"
    if [ $# -gt 0 ]; then
        sudo -n "$@" "$beside" >&2 || fail "$1 refuses the new $target"
    fi
    sudo -n mv -f "$beside" "$target" || fail "cannot replace $target"
}
