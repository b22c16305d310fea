# shellcheck shell=sh disable=SC2034,SC2154  # the files of runtime/ are put together to one script
# Debian packages.

step_packages() { # seconds to wait for apt, then for each: name, version or nothing, packages that do as well
    wait_seconds=$1
    shift
    # shellcheck disable=SC2016  # fields of dpkg-query
    states=$(dpkg-query -W -f '${Package} ${db:Status-Abbrev} ${Version}\n') || fail "dpkg-query does not answer"
    half_installed=$(printf '%s\n' "$states" | awk '$2 ~ /^.[HUFWt]/ { printf " %s", $1 }')
    install='' hold='' reasons='' count=0
    while [ $# -gt 0 ]; do
        judge_package "$1" "$2" "$3"
        shift 3
    done
    if [ -n "$half_installed" ]; then reasons="$reasons, half installed:$half_installed"; fi
    if [ -z "$reasons" ]; then
        echo "$count packages"
        return
    fi
    must_change "${reasons#, }"
    if [ -n "$half_installed" ]; then finish_installing; fi
    install_packages
    # shellcheck disable=SC2086  # one word a package
    if [ -n "$hold" ]; then as_root apt-mark hold $hold >&2 || fail "apt-mark cannot hold$hold"; fi
    done_changing
}

judge_package() { # name, version or nothing, packages that do as well
    count=$((count + 1))
    state=$(printf '%s\n' "$states" | awk -v names=" $1 $3 " '
        index(names, " " $1 " ") && $2 ~ /^.i/ { print $2, $3; exit }')
    if [ -z "$2" ]; then
        if [ -z "$state" ]; then install="$install $1" reasons="$reasons, $1 not installed"; fi
    elif [ "$state" != "hi $2" ]; then
        hold="$hold $1"
        if [ "${state#* }" = "$2" ]; then
            reasons="$reasons, $1 $2 not held"
        else
            have=${state#* }
            install="$install $1=$2" reasons="$reasons, $1 ${have:-not installed} -> $2, held"
        fi
    fi
}

install_packages() {
    if [ -z "$install" ]; then return; fi
    force=''
    case $install in
    *=*) force='--allow-downgrades --allow-change-held-packages' ;;
    esac
    apt_patiently update
    # shellcheck disable=SC2086  # one word a package
    apt_patiently install -y --no-install-recommends --no-remove $force $install
}

# Asks nothing, and leaves a file of settings as somebody has edited it.
apt_get() { # arguments
    as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 APT_LISTCHANGES_FRONTEND=none \
        apt-get -q -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=5 \
        -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
}

# apt-get itself waits for dpkg's lock only, not for that of its own lists.
apt_patiently() { # arguments of apt-get
    patience_ends=$(($(date +%s) + wait_seconds)) repaired='' waited=''
    until apt_get "$@" >"$work/apt" 2>&1; do
        if grep -q 'dpkg was interrupted' "$work/apt" && [ -z "$repaired" ]; then
            repaired=yes
            finish_installing
        else
            wait_for_others '^E: (Could not get lock|Unable to (acquire|lock) )' "apt-get $*"
        fi
    done
}

# After a run that was cut off between unpacking and configuring. Half installed is also what another program is just
# installing.
finish_installing() {
    patience_ends=$(($(date +%s) + wait_seconds)) waited=''
    until as_root env DEBIAN_FRONTEND=noninteractive dpkg --force-confdef --force-confold --configure -a \
        >"$work/apt" 2>&1; do
        wait_for_others 'locked by another process' "dpkg --configure -a"
    done
}

wait_for_others() { # how a lock that is taken shows, what was tried
    if ! grep -qE "$1" "$work/apt"; then apt_failed "$2"; fi
    if [ "$(date +%s)" -ge "$patience_ends" ]; then
        apt_failed "$2: another program has held the lock for $wait_seconds s; run this again when it has ended"
    fi
    if [ -z "$waited" ]; then grep -m 1 -E "$1" "$work/apt" >&2; fi
    waited=yes
    sleep 1
}

apt_failed() { # what failed
    { grep -E '^(E|Err|dpkg): ?' "$work/apt" || tail -n 5 "$work/apt"; } | tail -n 6 >&2
    advice=''
    if grep -q 'is not valid yet' "$work/apt"; then advice='the clock of this host is behind, set it'; fi
    if grep -qE 'No space left|enough free space' "$work/apt"; then advice='the disk is full, free some of it'; fi
    if grep -qE 'Unable to locate package|has no installation candidate' "$work/apt"; then
        advice='add the repository that has it, or mend its name in the settings'
    fi
    wanted=$(sed -n "s/^E: Version '.*' for '\(.*\)' was not found$/\1/p" "$work/apt")
    # shellcheck disable=SC2086  # one word a package
    if [ -n "$wanted" ]; then
        advice="apt has $(apt-cache madison $wanted | awk '{ printf "%s%s %s", separator, $1, $3; separator = ", " }')"
    fi
    fail "$1${advice:+: $advice}"
}
