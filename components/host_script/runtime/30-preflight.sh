# shellcheck shell=sh disable=SC2034,SC2154  # the files of this folder are put together to one script
# Before anything is changed: what is missing, all at once.

preflight() { # user, Homebrew's prefix, megabytes of memory needed
    : >"$work/missing"
    if [ "$(uname -s) $(uname -m)" != "Darwin arm64" ]; then
        missing "a Mac with Apple silicon (this is $(uname -s) $(uname -m))"
    fi
    if [ "$(id -un)" != "$1" ]; then missing "a login as $1 (this one is $(id -un))"; fi
    if ! sudo -n true 2>/dev/null; then
        missing "sudo without a password for $(id -un): a file in /etc/sudoers.d, checked with visudo -c"
    fi
    if [ ! -x "$2/bin/brew" ]; then
        missing "Homebrew in $2: install it as $1, see https://brew.sh"
    elif [ "$(owner "$2/Cellar")" != "$1" ]; then
        missing "Homebrew owned by $1 ($2/Cellar belongs to $(owner "$2/Cellar"))"
    fi
    for program in curl launchctl plutil pmset sysctl; do
        if ! command -v "$program" >/dev/null; then missing "the program $program"; fi
    done
    memory=$(($(sysctl -n hw.memsize 2>/dev/null || echo 0) / 1048576))
    if [ "$memory" -lt "$3" ]; then
        missing "$3 MB of memory for the GPU's share, the virtual machine and macOS (there are $memory MB)"
    fi
    if [ -s "$work/missing" ]; then
        failed=1
        report preflight failed <"$work/missing"
        summary
        exit 3
    fi
}

missing() { printf 'missing: %s\n' "$1" >>"$work/missing"; }

# shellcheck disable=SC2012  # stat(1) takes other options on macOS than elsewhere; ls -ld does not
owner() { ls -ld "$1" 2>/dev/null | awk '{ print $3 }'; }
