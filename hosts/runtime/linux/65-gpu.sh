# shellcheck shell=sh disable=SC2034,SC2154  # the files of runtime/ are put together to one script
# NVIDIA cards for containers.

# The toolkit's own program edits a copy, which takes the file's place when it is whole.
step_nvidia_runtime() { # settings file of the engine
    if as_root grep -q nvidia-container-runtime "$1" && has_nvidia; then
        echo "the engine has the runtime nvidia"
        return
    fi
    must_change "the engine lacks the runtime nvidia"
    copy="$(dirname "$1")/.ai-platform-nvidia.json"
    as_root cp "$1" "$copy" || fail "cannot copy $1"
    as_root nvidia-ctk runtime configure --runtime=docker --config="$copy" >&2 || fail "nvidia-ctk refuses"
    as_root cat "$copy" >"$work/nvidia" || fail "nvidia-ctk wrote nothing"
    as_root rm -f "$copy"
    write_file "$1" "$ROOT_OWNER" 0644 -rw-r--r-- "$(cat "$work/nvidia")"
    as_root systemctl reload docker.service >&2 || fail "the engine does not read its settings"
    until has_nvidia; do sleep 0.5; done
    done_changing
}

has_nvidia() {
    as_root docker info --format '{{range $name, $value := .Runtimes}}{{$name}} {{end}}' 2>/dev/null | grep -qw nvidia
}
