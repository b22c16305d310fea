# shellcheck shell=sh disable=SC2034,SC2154  # the files of runtime/ are put together to one script
# LaunchDaemons. Whether one is right is said by its property list, by launchd, and by the service's own answer;
# launchctl's exit codes are not believed.

# What one service needs beside: a step of its own redefines them before it calls step_daemon.
while_ending() { :; } # the job is told to end
before_start() { :; } # the job has ended

step_daemon() { # label, file, property list, log or nothing, seconds to end in, files it reads, probe, its arguments...
    label=$1 plist=$2 content=$3 ending=$5 reads=$6
    printf %s "$4" >"$work/log"
    shift 6
    if ! file_is "$plist" "-rw-r--r-- $ROOT_OWNER" "$content"; then
        must_change "$plist differs"
    elif ! loaded; then
        must_change "$label is not loaded"
    elif newer=$(newer_than_job) && [ -n "$newer" ]; then
        must_change "$newer is newer than the job"
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

job_pid() { launchctl print "system/$label" 2>/dev/null | awk '/^\tpid = / { print $3; exit }'; }

# The property list, and what the program reads when it starts. A file put back as it was after an edit counts too: the
# job may run by what stood in it between.
newer_than_job() {
    started=$NOTES/started/$label
    if ! as_root test -e "$started"; then
        echo "$plist"
        return
    fi
    printf '%s\n' "$plist" "$reads" | while IFS= read -r file; do
        if [ -n "$file" ]; then as_root find "$file" -newer "$started" 2>/dev/null; fi
    done | head -n 1
}

# The old job goes before the new file comes: an interrupted run leaves a job that is not loaded, never one that runs
# from an older file than the one that lies there.
reload() {
    as_root launchctl bootout "system/$label" 2>/dev/null
    while_ending
    patience=$((ending + 10))
    while loaded; do
        if [ "$patience" -le 0 ]; then fail "$label does not end within $((ending + 10)) s"; fi
        patience=$((patience - 1))
        sleep 0.5
    done
    before_start
    write_file "$plist" "$ROOT_OWNER" 0644 -rw-r--r-- "$content" plutil -lint
    as_root mkdir -p "$NOTES/started" || fail "cannot make $NOTES/started"
    as_root touch "$NOTES/started/$label" || fail "cannot write $NOTES/started/$label"
    as_root launchctl enable "system/$label"
    for pause in 0 0.5 1 2 4; do
        sleep "$pause"
        refusal=$(as_root launchctl bootstrap system "$plist" 2>&1)
        if loaded; then return; fi
    done
    fail "launchd does not take $plist: $refusal"
}

# Jobs of ours that no step of this run has named: of services that were taken away. Their data stays.
step_leftovers() { # labels that stay...
    left=''
    for plist in "$DAEMONS"/ai-platform.*.plist; do
        label=$(basename "$plist" .plist)
        if [ -e "$plist" ] && ! is_one_of "$label" "$@"; then left="$left $label"; fi
    done
    if [ -z "$left" ]; then return; fi
    must_change "not in the settings any more:$left"
    for label in $left; do
        as_root launchctl bootout "system/$label" 2>/dev/null
        as_root rm -f "$DAEMONS/$label.plist" || fail "cannot remove the property list of $label"
    done
    done_changing
}

is_one_of() { # word, words...
    word=$1
    shift
    for one in "$@"; do
        if [ "$one" = "$word" ]; then return 0; fi
    done
    return 1
}

probe_sysctl() { # key, value
    now=$(sysctl -n "$1")
    if [ "$now" != "$2" ]; then
        echo "$1 is $now, not $2"
        return 1
    fi
    echo "$1 = $2"
}

probe_loaded() { echo "$label is loaded"; }
