# shellcheck shell=sh disable=SC2034,SC2154  # the files of runtime/ are put together to one script
# Homebrew's packages. Nothing is upgraded but what the settings name a newer version of.

BREW_TRIES=120
BREW_PAUSE=5 # seconds

keg_version() { # link in opt: version of the keg that it leads to; empty when there is none
    basename "$(readlink "$1" 2>/dev/null)"
}

is_version() { # version of a keg, wanted version; a keg may carry a revision of the formula: 16.9_2
    [ "$1" = "$2" ] || [ "${1%_*}" = "$2" ]
}

step_package() { # formula, with its tap where that is none of Homebrew's; version or nothing
    short=${1##*/}
    have=$(keg_version "$HOMEBREW/opt/$short")
    pin=$HOMEBREW/var/homebrew/pinned/$short
    if [ -n "$have" ] && { [ -z "$2" ] || { is_version "$have" "$2" && [ -L "$pin" ]; }; }; then
        echo "$have"
        return
    fi
    must_change "${have:-not installed} -> ${2:-any version}${2:+, pinned}"
    # Naming a formula's tap in the settings is the consent that Homebrew asks for before it runs code of a tap.
    case $1 in */*) brew_patiently trust --formula "$1" ;; esac
    if [ -n "$2" ] && ! is_version "$have" "$2"; then require_offer "$1" "$2"; fi
    if [ -z "$have" ]; then
        brew_patiently install "$1"
    elif [ -n "$2" ] && ! is_version "$have" "$2"; then
        brew_patiently unpin "$short"
        brew_patiently upgrade "$1"
    fi
    have=$(keg_version "$HOMEBREW/opt/$short")
    if [ -z "$have" ]; then fail "brew says that $1 is installed, but it is not linked in $HOMEBREW/opt"; fi
    if [ -n "$2" ]; then
        if ! is_version "$have" "$2"; then fail "brew has brought $1 $have, the settings want $2"; fi
        brew_patiently pin "$short"
    fi
    done_changing
}

# Homebrew has one version of a formula at a time. Without an update it may not know the newest.
require_offer() { # formula, version
    offered=$(offer "$1")
    if ! is_version "$offered" "$2"; then
        brew_patiently update
        offered=$(offer "$1")
    fi
    if ! is_version "$offered" "$2"; then
        fail "Homebrew has $1 ${offered:-not at all}, the settings want $2 (installed: ${have:-none}): \
change the version in the settings"
    fi
}

offer() { # formula: its version that Homebrew would install; `brew info` also takes a tap's formula that is not there yet
    brew_patiently info --json=v2 "$1"
    tr -d ' \n' <"$work/said" | sed -n 's/.*"versions":{"stable":"\([^"]*\)".*/\1/p'
}

# Homebrew does not wait for another brew: it fails at once.
brew_patiently() { # arguments of brew; what it says is in $work/said afterwards
    export HOMEBREW_NO_AUTO_UPDATE=1 HOMEBREW_NO_ANALYTICS=1 HOMEBREW_NO_ENV_HINTS=1
    export HOMEBREW_NO_INSTALL_CLEANUP=1 HOMEBREW_NO_INSTALL_UPGRADE=1
    export HOMEBREW_NO_INSTALLED_DEPENDENTS_CHECK=1 NONINTERACTIVE=1
    tries=$BREW_TRIES
    until say_end brew "$@"; do
        tries=$((tries - 1))
        if [ "$tries" -le 0 ] || ! grep -qE 'has already locked|is already running' "$work/said"; then
            cat "$work/said" >&2
            fail "brew $* failed"
        fi
        sleep "$BREW_PAUSE"
    done
}

say_end() { # program and its arguments: the end of what it says in $work/said
    {
        "$@" 2>&1
        echo $? >"$work/status"
    } | tail -c 65536 >"$work/said"
    [ "$(cat "$work/status")" = 0 ]
}
