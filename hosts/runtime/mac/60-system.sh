# shellcheck shell=sh disable=SC2034,SC2154  # the files of runtime/ are put together to one script
# Power, updates, time, and the PATH of programs that are run over SSH.

UPDATES=/Library/Preferences/com.apple.SoftwareUpdate

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
    as_root pmset -a $different || fail "pmset refuses:$different"
    done_changing
}

# Updates of macOS come by hand: one that comes by itself restarts the host. A major update switches them on again.
step_updates() {
    different=''
    case $(softwareupdate --schedule 2>/dev/null) in *off) ;; *) different=' schedule' ;; esac
    for key in AutomaticDownload AutomaticallyInstallMacOSUpdates; do
        if [ "$(defaults read "$UPDATES" "$key" 2>/dev/null)" != 0 ]; then different="$different $key"; fi
    done
    if [ -z "$different" ]; then
        echo "macOS $(sw_vers -productVersion), updates come by hand"
        return
    fi
    must_change "off:$different"
    as_root softwareupdate --schedule off >&2 || fail "softwareupdate does not switch its schedule off"
    for key in AutomaticDownload AutomaticallyInstallMacOSUpdates; do
        as_root defaults write "$UPDATES" "$key" -bool false || fail "cannot set $key in $UPDATES"
    done
    done_changing
}

# systemsetup complains although it succeeds: what counts is what it says afterwards.
step_network_time() {
    if network_time; then return; fi
    must_change "network time is off"
    as_root systemsetup -setusingnetworktime on >&2
    network_time || fail "systemsetup does not switch network time on"
    done_changing
}

network_time() { as_root systemsetup -getusingnetworktime 2>/dev/null | grep -q ': On$'; }

step_filevault() {
    case $(fdesetup status 2>/dev/null | head -n 1) in
    *"is Off"*) echo "FileVault is off" ;;
    *"is On"*) echo "warning: FileVault is on: after a restart nothing runs until somebody gives a password" ;;
    *) echo "warning: fdesetup does not say whether FileVault is on" ;;
    esac
}

# sshd gives a command a PATH without Homebrew; `docker -H ssh://` needs docker in it. The file holds from the next
# connection on. Of several SetEnv lines sshd takes the first, so what counts is sshd's own answer.
step_ssh_path() { # file, PATH
    line="SetEnv PATH=$2"
    content="# Homebrew's programs for commands over SSH.
$line
"
    if file_is "$1" "-rw-r--r-- $ROOT_OWNER" "$content" && ssh_path_holds "$2"; then return; fi
    must_change "$1: $line"
    write_file "$1" "$ROOT_OWNER" 0644 -rw-r--r-- "$content" /usr/sbin/sshd -t -f
    ssh_path_holds "$2" || fail "another file in $(dirname "$1") sets SetEnv before $(basename "$1")"
    done_changing
}

ssh_path_holds() { as_root /usr/sbin/sshd -T 2>/dev/null | grep -qixF "setenv PATH=$1"; }
