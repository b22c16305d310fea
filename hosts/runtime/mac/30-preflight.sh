# shellcheck shell=sh disable=SC2034,SC2154  # the files of runtime/ are put together to one script
# What a Mac must bring along.

OLDEST_MACOS=14

platform_preflight() { # Homebrew's prefix, megabytes of memory needed, yes where something has to be compiled
    if [ "$(uname -s) $(uname -m)" != "Darwin arm64" ]; then
        missing "a Mac with Apple silicon (this is $(uname -s) $(uname -m))"
    fi
    macos=$(sw_vers -productVersion 2>/dev/null)
    if [ "$(printf %s "${macos:-0}" | cut -d. -f1)" -lt "$OLDEST_MACOS" ]; then
        missing "macOS $OLDEST_MACOS or newer (this is ${macos:-another system})"
    fi
    if [ ! -x "$1/bin/brew" ]; then
        missing "Homebrew in $1: install it as $(id -un), see https://brew.sh"
    elif [ "$(owner "$1/Cellar")" != "$(id -un)" ]; then
        missing "Homebrew owned by $(id -un) ($1/Cellar belongs to $(owner "$1/Cellar"))"
    fi
    if [ "${3:-no}" = yes ] && ! xcode-select -p >/dev/null 2>&1; then
        missing "the Command Line Tools, to compile pgvector: xcode-select --install, at the Mac's screen"
    fi
    needs_programs curl launchctl lsof pfctl plutil pmset sysctl
    memory=$(($(sysctl -n hw.memsize 2>/dev/null || echo 0) / 1048576))
    if [ "$memory" -lt "$2" ]; then
        missing "$2 MB of memory for macOS, the GPU's share, the virtual machine and servers (there are $memory MB)"
    fi
}
