# shellcheck shell=sh disable=SC2034,SC2154  # the files of runtime/ are put together to one script
# Before anything is changed: what is missing, all at once.

preflight() { # user, megabytes of free disk needed, arguments of the platform...
    lacking='' # in a variable: a full disk takes no file
    if [ "$(id -un)" != "$1" ]; then missing "a login as $1 (this one is $(id -un))"; fi
    if ! as_root true 2>/dev/null; then
        missing "sudo without a password for $(id -un): a file in /etc/sudoers.d, checked with visudo -c"
    else
        # One start of sudo for all: each takes as long as everything else of a step.
        locked_up=$(as_root sh -c 'for folder; do [ -w "$folder" ] || echo "$folder"; done' sh /etc /tmp "${LOCK%/*}")
        for folder in $locked_up; do missing "a file system that can be written: $folder cannot"; done
    fi
    free=$(free_megabytes "$DATA_PATH")
    if [ "${free:-0}" -lt "$2" ]; then missing "$2 MB of free disk in $DATA_PATH (there are ${free:-0} MB)"; fi
    shift 2
    platform_preflight "$@"
    if [ -n "$lacking" ]; then
        detail_limit=4000
        give_up 3 preflight "${lacking%?}"
    fi
}

missing() {
    lacking="${lacking}missing: $1
"
}

needs_programs() { # names...
    for program in "$@"; do
        if ! command -v "$program" >/dev/null; then missing "the program $program"; fi
    done
}

free_megabytes() { # path
    { df -kP "$1" 2>/dev/null || df -kP /; } | awk 'NR == 2 { printf "%d", $4 / 1024 }'
}

# shellcheck disable=SC2012  # stat(1) takes other options on macOS than elsewhere; ls -ld does not
owner() { ls -ld "$1" 2>/dev/null | awk '{ print $3 }'; }
