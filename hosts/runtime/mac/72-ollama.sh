# shellcheck shell=sh disable=SC2034,SC2154  # the files of runtime/ are put together to one script
# Ollama.

step_ollama() { # port, arguments of step_daemon...
    ollama_port=$1
    shift
    before_start() { free_port "$ollama_port" ollama; }
    step_daemon "$@"
}

# The running server may be older than the installed program: brew leaves the old process alone.
probe_ollama() { # address of the version, link to the keg, port
    if held_by_another "$3"; then return 1; fi
    answer_version=$(curl -fsS --max-time 5 "$1" | sed 's/.*"version":"\([^"]*\)".*/\1/')
    installed=$(keg_version "$2")
    if [ -z "$answer_version" ]; then return 1; fi
    if [ "$answer_version" != "${installed%%_*}" ]; then
        echo "runs $answer_version, installed is $installed"
        return 1
    fi
    echo "ollama $answer_version answers at $1"
}
