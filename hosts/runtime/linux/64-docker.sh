# shellcheck shell=sh disable=SC2034,SC2154  # the files of runtime/ are put together to one script
# The Docker engine.

# Docker's own packages count as well as Debian's. The engine's settings are shared with others: see merge_settings.py.
step_docker() { # settings file, file of what was set last, program that merges, settings, seconds to wait for apt
    settings_file=$1 record_file=$2 wanted=$4 wait_seconds=$5
    command -v python3 >/dev/null || must_change "no python3 and no engine yet"
    merged=$(as_root python3 -c "$3" "$1" "$2" "$4" && echo .) || exit 1
    merged=${merged%.}
    reason=$(docker_reason)
    if [ -z "$reason" ]; then
        docker_answer
        return
    fi
    must_change "$reason"
    install=$(docker_lacks)
    install_packages
    make_parents "$(dirname "$record_file")" "$ROOT_OWNER" || fail "cannot make the folder of $record_file"
    make_parents "$(dirname "$settings_file")" "$ROOT_OWNER" || fail "cannot make the folder of $settings_file"
    if settings_differ || is_due docker; then
        change_settings
    else
        start_docker || engine_failed
    fi
    docker_answer
    done_changing
}

docker_reason() {
    lacks=$(docker_lacks)
    if [ -n "$lacks" ]; then
        echo "not installed:$lacks"
    elif settings_differ; then
        echo "$settings_file lacks $wanted"
    elif is_due docker; then
        echo "the engine runs with older settings"
    else
        fault=$(unit_fault docker.service)
        if [ -n "$fault" ]; then echo "$fault"; else docker_answer >/dev/null 2>&1 || echo "the engine does not answer"; fi
    fi
}

settings_differ() {
    [ "$(as_root cat "$settings_file" 2>/dev/null && echo .)" != "$merged." ] ||
        [ "$(as_root cat "$record_file" 2>/dev/null)" != "$wanted" ]
}

docker_answer() { # one line, once the engine answers
    as_root docker version --format 'Docker {{.Server.Version}}'
}

# Packages that Debian's engine only recommends: its command, which is one of its own from Debian 13 on, and what loads
# the profile without which no container starts where the kernel has AppArmor.
docker_lacks() {
    if ! command -v docker >/dev/null; then printf ' docker-cli'; fi
    if [ "$(cat "$APPARMOR" 2>/dev/null)" = Y ] && ! command -v apparmor_parser >/dev/null; then printf ' apparmor'; fi
}

# An engine that does not come up with new settings gets its old ones back.
change_settings() {
    old=$(as_root cat "$settings_file" 2>/dev/null && echo .)
    if [ "$merged." != "$old" ]; then
        due docker
        write_file "$settings_file" "$ROOT_OWNER" 0644 -rw-r--r-- "$merged"
    fi
    if ! is_due docker && [ -z "$(unit_fault docker.service)" ]; then
        echo "its settings were right already"
    elif ! start_docker; then
        if [ -n "$old" ]; then
            write_file "$settings_file" "$ROOT_OWNER" 0644 -rw-r--r-- "${old%.}"
        else
            as_root rm -f "$settings_file"
        fi
        as_root journalctl -u docker.service -n 5 -o cat --no-pager >&2
        start_docker || engine_failed
        fail "the engine did not start with $wanted in $settings_file; it has its old settings again"
    fi
    write_file "$record_file" "$ROOT_OWNER" 0644 -rw-r--r-- "$wanted"
    no_longer_due docker
}

# A running engine learns by the reload that containers are to live on, then it is restarted without ending them.
start_docker() {
    case $(unit_facts docker.service) in
    *UnitFileState=masked*) as_root systemctl unmask docker.service docker.socket >&2 ;;
    esac
    as_root systemctl enable docker.service >&2 || return 1
    as_root systemctl reset-failed docker.service docker.socket 2>/dev/null
    if as_root systemctl is-active --quiet docker.service; then
        as_root systemctl reload docker.service >&2
        sleep 1
    fi
    as_root systemctl restart docker.service >&2 || return 1
    until docker_answer >/dev/null 2>&1; do
        as_root systemctl is-failed --quiet docker.service && return 1
        sleep 0.5
    done
}

engine_failed() { unit_failed docker.service; }
