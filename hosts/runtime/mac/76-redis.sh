# shellcheck shell=sh disable=SC2034,SC2154  # the files of runtime/ are put together to one script
# Redis.

accept_any() { :; }

fill_empty() { # directory
    { mkdir -p "$1" && chmod 0700 "$1" && touch "$1/ai-platform"; } || fail "cannot make $1"
}

# Its configuration with the password, which no argument and no environment shows.
step_redis_configuration() { # file, owner:group, content without the password, secret
    password=$(secret "$4") || exit 1
    content="$3requirepass $password
"
    if file_is "$1" "-rw------- $2" "$content"; then return; fi
    must_change "$1 differs"
    write_file "$1" "$2" 0600 -rw------- "$content"
    done_changing
}

step_redis() { # port, arguments of step_daemon...
    redis_port=$1
    shift
    before_start() { free_port "$redis_port" redis; }
    step_daemon "$@"
}

# redis-cli gets the password over standard input.
probe_redis() { # programs, port, secret
    if held_by_another "$2"; then return 1; fi
    facts=$(printf 'AUTH %s\nINFO server\n' "$(secret "$3")" | "$1/redis-cli" -p "$2" 2>/dev/null | tr -d '\r')
    runs=$(printf '%s\n' "$facts" | sed -n 's/^redis_version://p')
    installed=$("$1/redis-server" --version | sed 's/.* v=\([^ ]*\).*/\1/')
    if [ "$runs" != "$installed" ]; then
        echo "runs ${runs:-not}, installed is $installed"
        return 1
    fi
    echo "Redis $runs answers at port $2"
}
