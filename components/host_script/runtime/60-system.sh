# shellcheck shell=sh disable=SC2034,SC2154  # the files of this folder are put together to one script
# Power, Homebrew, and the PATH of programs that are run over SSH.

step_power() { # key, value, key, value...
    settings=$(pmset -g custom) || fail "pmset -g custom does not answer"
    different=''
    while [ $# -gt 0 ]; do
        now=$(printf '%s\n' "$settings" | awk -v key="$1" '$1 == key { print $2; exit }')
        # A key that this model of Mac does not have is not set.
        if [ -n "$now" ] && [ "$now" != "$2" ]; then different="$different $1 $2"; fi
        shift 2
    done
    if [ -z "$different" ]; then return; fi
    must_change "set$different"
    # shellcheck disable=SC2086  # pairs of words
    sudo -n pmset -a $different || fail "pmset refuses:$different"
    done_changing
}

keg_version() { # link in opt: version of the keg that it leads to; empty when there is none
    basename "$(readlink "$1" 2>/dev/null)"
}

step_package() { # formula, version or nothing
    have=$(keg_version "/opt/homebrew/opt/$1")
    pin=/opt/homebrew/var/homebrew/pinned/$1
    if [ -n "$have" ] && { [ -z "$2" ] || { [ "$have" = "$2" ] && [ -L "$pin" ]; }; }; then
        echo "$have"
        return
    fi
    must_change "${have:-not installed} -> ${2:-any version}${2:+, pinned}"
    if [ -z "$have" ]; then
        brew_patiently install "$1"
    elif [ -n "$2" ] && [ "$have" != "$2" ]; then
        brew_patiently unpin "$1"
        brew_patiently upgrade "$1"
    fi
    have=$(keg_version "/opt/homebrew/opt/$1")
    if [ -z "$have" ]; then fail "brew says that $1 is installed, but it is not linked in /opt/homebrew/opt"; fi
    if [ -n "$2" ]; then
        if [ "$have" != "$2" ]; then
            fail "Homebrew has $1 $have, the settings want $2: change the version in the settings"
        fi
        brew_patiently pin "$1"
    fi
    done_changing
}

# Homebrew does not wait for another brew: it fails at once.
brew_patiently() { # arguments of brew
    export HOMEBREW_NO_AUTO_UPDATE=1 HOMEBREW_NO_ANALYTICS=1 HOMEBREW_NO_ENV_HINTS=1
    export HOMEBREW_NO_INSTALL_CLEANUP=1 HOMEBREW_NO_INSTALL_UPGRADE=1
    export HOMEBREW_NO_INSTALLED_DEPENDENTS_CHECK=1 NONINTERACTIVE=1
    until brew "$@" >"$work/brew" 2>&1; do
        if ! grep -qE 'has already locked|is already running' "$work/brew"; then
            cat "$work/brew" >&2
            fail "brew $* failed"
        fi
        sleep 5
    done
}

# sshd gives a command a PATH without Homebrew; `docker -H ssh://` needs docker in it. The file holds from the next
# connection on. Of several SetEnv lines sshd takes the first, so what counts is sshd's own answer.
step_ssh_path() { # file, PATH
    line="SetEnv PATH=$2"
    content="# Homebrew's programs for commands over SSH.
$line
"
    if file_is "$1" "$content" && ssh_path_holds "$2"; then return; fi
    must_change "$1: $line"
    write_file "$1" "$content" /usr/sbin/sshd -t -f
    ssh_path_holds "$2" || fail "another file in $(dirname "$1") sets SetEnv before $(basename "$1")"
    done_changing
}

ssh_path_holds() { sudo -n /usr/sbin/sshd -T 2>/dev/null | grep -qixF "setenv PATH=$1"; }
