# shellcheck shell=sh disable=SC2034,SC2154  # the files of this folder are put together to one script
# LaunchDaemons. Whether one is right is said by its property list, by launchd, and by the service's own answer;
# launchctl's exit codes are not believed.

step_daemon() { # label, file, property list, log or nothing, seconds to end in, probe, its arguments...
    label=$1 plist=$2 content=$3 ending=$5
    printf %s "$4" >"$work/log"
    shift 5
    if ! file_is "$plist" "$content"; then
        must_change "$plist differs"
    elif ! loaded; then
        must_change "$label is not loaded"
    elif ! answer=$("$@" 2>&1); then
        must_change "$label: $answer"
    else
        echo "$answer"
        return
    fi
    reload
    before=''
    until answer=$("$@" 2>&1); do
        if [ "$answer" != "$before" ]; then printf '%s\n' "$answer" >&2; fi
        before=$answer
        sleep 0.2
    done
    echo "$answer"
    done_changing
}

loaded() { launchctl print "system/$label" >/dev/null 2>&1; }

# The old job goes before the new file comes: an interrupted run leaves a job that is not loaded, never one that runs
# from an older file than the one that lies there.
reload() {
    sudo -n launchctl bootout "system/$label" 2>/dev/null
    patience=$((ending + 10))
    while loaded; do
        if [ "$patience" -le 0 ]; then fail "$label does not end within $((ending + 10)) s"; fi
        patience=$((patience - 1))
        sleep 0.5
    done
    write_file "$plist" "$content" plutil -lint
    sudo -n launchctl enable "system/$label"
    for pause in 0 0.5 1 2 4; do
        sleep "$pause"
        refusal=$(sudo -n launchctl bootstrap system "$plist" 2>&1)
        if loaded; then return; fi
    done
    fail "launchd does not take $plist: $refusal"
}

probe_sysctl() { # key, value
    now=$(sysctl -n "$1")
    if [ "$now" != "$2" ]; then
        echo "$1 is $now, not $2"
        return 1
    fi
    echo "$1 = $2"
}

# The running server may be older than the installed program: brew leaves the old process alone.
probe_ollama() { # address of the version, link to the keg
    answer_version=$(curl -fsS --max-time 5 "$1" | sed 's/.*"version":"\([^"]*\)".*/\1/')
    installed=$(keg_version "$2")
    if [ -z "$answer_version" ]; then return 1; fi
    if [ "$answer_version" != "${installed%%_*}" ]; then
        echo "runs $answer_version, installed is $installed"
        return 1
    fi
    echo "ollama $answer_version answers at $1"
}

probe_docker() { # socket
    curl -fsS --max-time 5 --unix-socket "$1" http://localhost/_ping >/dev/null || return 1
    echo "docker answers at $1"
}
