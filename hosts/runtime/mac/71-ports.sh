# shellcheck shell=sh disable=SC2034,SC2154  # the files of runtime/ are put together to one script
# Who listens where. Another copy of the same service, started by Homebrew or by its app, would answer in place of ours.

OLLAMA_APP=/Applications/Ollama.app/

holders() { # port: pids of the processes that listen on it
    as_root lsof -nP -iTCP:"$1" -sTCP:LISTEN -t 2>/dev/null
}

described() { # pid
    ps -p "$1" -o pid= -o user= -o comm= | awk '{ $1 = $1; print }'
}

# Says who holds the port, unless it is the job of this step.
held_by_another() { # port
    job=$(job_pid)
    for pid in $(holders "$1"); do
        # shellcheck disable=SC2046  # one word for each process
        if [ -z "$job" ] || ! is_one_of "$pid" $(descendants "$job"); then
            echo "port $1 is held by $(described "$pid")"
            return 0
        fi
    done
    return 1
}

# Ends what is known to be the same service; names what is not, and leaves it alone.
free_port() { # port, formula
    for foreign in "homebrew.mxcl.$2" "sh.brew.$2"; do
        for domain in system "gui/$uid" "user/$uid"; do
            if launchctl print "$domain/$foreign" >/dev/null 2>&1; then
                as_root launchctl bootout "$domain/$foreign" 2>/dev/null
                as_root launchctl disable "$domain/$foreign"
                echo "$domain/$foreign was ended, and does not start again"
            fi
        done
    done
    for pid in $(holders "$1"); do
        case $(ps -p "$pid" -o comm=) in
        "$OLLAMA_APP"*)
            as_root kill "$(app_of "$pid")" "$pid"
            echo "the app Ollama was ended: take it out of the login items"
            ;;
        esac
    done
    # What was ended may take a moment to let go of the port.
    deadline=$(($(date +%s) + 10))
    while another=$(held_by_another "$1"); do
        if [ "$(date +%s)" -ge "$deadline" ]; then fail "$another: end it, or give $label another port"; fi
        sleep 0.2
    done
}

app_of() { # pid: the process of the app that it belongs to; it would start its server again
    parent=$(ps -p "$1" -o ppid= | tr -d ' ')
    case $(ps -p "$parent" -o comm=) in "$OLLAMA_APP"*) echo "$parent" ;; *) echo "$1" ;; esac
}
