# shellcheck shell=sh disable=SC2034,SC2154  # the files of runtime/ are put together to one script
# Directories and files of the host.

# Mode as ls shows it and owner:group, in $access; empty for a path that is not there. Only what lies in a folder closed
# to the user is looked at with root's rights.
# shellcheck disable=SC2012  # see owner
read_access() { # path
    read -r permissions _ holder group _ <<EOF
$(ls -ld "$1" 2>/dev/null || [ -x "${1%/*}/" ] || as_root ls -ld "$1" 2>/dev/null)
EOF
    # macOS adds a sign for extended attributes.
    access=${permissions%[@+.]}${holder:+ $holder:$group}
}

access_of() { # path
    read_access "$1"
    printf '%s\n' "$access"
}

step_directory() { # path, owner:group, mode in octal, mode as ls shows it
    read_access "$1"
    if [ "$access" = "$4 $2" ]; then return; fi
    if [ -e "$1" ] && [ ! -d "$1" ]; then fail "$1 is there, but it is not a directory"; fi
    must_change "$access -> $4 $2"
    make_parents "${1%/*}" "$2" || fail "cannot make the folders above $1"
    # Where the user may do it, it takes no sudo, which would be most of the step's time.
    if install -d -m "$3" "$1" 2>/dev/null; then
        read_access "$1"
        if [ "$access" = "$4 $2" ]; then done_changing; fi
    fi
    as_root install -d -o "${2%:*}" -g "${2#*:}" -m "$3" "$1" || fail "cannot make $1"
    done_changing
}

# Folders above ours in the user's home belong to the user, not to root.
make_parents() { # path, owner:group
    if [ -d "$1/" ]; then return; fi
    make_parents "${1%/*}" "$2" && as_root install -d -o "${2%:*}" -g "${2#*:}" "$1"
}

# With a program that checks a new file before it takes the old one's place, e.g. `visudo -cf`.
step_file() { # path, owner:group, mode in octal, mode as ls shows it, content, program and arguments that check it...
    if file_is "$1" "$4 $2" "$5"; then return; fi
    must_change "$1 differs"
    write_file "$@"
    done_changing
}

# A file with a secret inside: the content never passes through an argument of a program.
step_secret_file() { # path, owner:group, mode in octal, mode as ls shows it, name of the secret
    content=$(secret "$5" && echo .) || exit 1
    content=${content%.}
    if file_is "$1" "$4 $2" "$content"; then return; fi
    must_change "$1 differs"
    write_file "$1" "$2" "$3" "$4" "$content"
    done_changing
}

file_is() { # path, "mode owner:group", content
    read_access "$1"
    if [ "$access" != "$2" ]; then return 1; fi
    if [ -r "$1" ]; then present=$(cat "$1" && echo .); else present=$(as_root cat "$1" && echo .); fi
    [ "$present" = "$3." ]
}

# Writes a file by way of a hidden one beside it, so that nobody ever sees half of it. A program may check the hidden
# one first. The name is always the same, so an interrupted run leaves at most one behind.
write_file() { # path, owner:group, mode in octal, mode as ls shows it, content, program that checks it, arguments...
    # Into a directory `mv` would put the file, and say that all went well.
    if [ -d "$1" ]; then fail "$1 is there, but it is a directory"; fi
    target=$1 beside=${1%/*}/.${1##*/}.new owner_and_group=$2 mode_of_file=$3 content=$5
    shift 5
    last=$target
    if [ $# -gt 0 ]; then last=''; fi
    # Until it has its owner and its mode, nobody else can read it. One start of sudo for all of it.
    printf %s "$content" | as_root sh -c 'umask 077 && rm -f "$1" && cat >"$1" && chown "$2" "$1" && chmod "$3" "$1" &&
        { [ -z "$4" ] || mv -f "$1" "$4"; }' sh "$beside" "$owner_and_group" "$mode_of_file" "$last" ||
        fail "cannot write $target"
    if [ $# -gt 0 ]; then
        as_root "$@" "$beside" >&2 || fail "$1 refuses the new $target"
        as_root mv -f "$beside" "$target" || fail "cannot replace $target"
    fi
}
