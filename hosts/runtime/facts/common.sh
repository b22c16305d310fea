# shellcheck shell=sh disable=SC2034,SC2154  # put together with the files of runtime/PLATFORM
# What a machine is: each function reads one fact and changes nothing. For Macs and for Linux machines alike.

fact_login() {
    if as_root true 2>/dev/null; then sudo_works="sudo without a password"; else sudo_works="no sudo without a password"; fi
    printf '%s (%s), %s, shell %s\n' "$(id -un)" "$(id -Gn | cut -c 1-200)" "$sudo_works" "${SHELL:-unknown}"
}

# Seconds since 1970: whoever asks has a clock to compare it with.
fact_clock() { date -u +%s; }

fact_disk() { # paths...
    df -kP "$@" 2>/dev/null | awk 'NR > 1 && !($6 in seen) {
        seen[$6] = 1
        printf "%s%s: %d of %d GB free", separator, $6, $4 / 1048576, $2 / 1048576
        separator = ", "
    } END { print "" }'
}

fact_tools() { # names...
    for tool in "$@"; do
        if command -v "$tool" >/dev/null; then found="${found-}$tool "; else absent="${absent-}$tool "; fi
    done
    echo "${found:-none }${absent:+(not there: ${absent% })}"
}

fact_docker() {
    if ! command -v docker >/dev/null; then
        echo "no docker client"
    elif version=$(docker version --format '{{.Server.Version}} on {{.Server.Os}}/{{.Server.Arch}}' 2>/dev/null); then
        echo "engine $version, $(docker ps -q | grep -c .) containers run"
    else
        echo "a client, but no engine answers $(id -un)"
    fi
}

fact_lock() {
    if [ -d "$LOCK" ]; then cat "$LOCK/holder" 2>/dev/null || echo "held by nobody known"; else echo "free"; fi
}
