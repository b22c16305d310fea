# shellcheck shell=sh disable=SC2034,SC2154  # the files of runtime/ are put together to one script
# PostgreSQL. The user who logs in is its administrator over the socket (pg_ident), so no old password is ever needed.

LEAST_PGVECTOR=0.8.4 # older ones overflow in parallel HNSW builds, or corrupt an index on vacuum
SOCKETS=/tmp

accept_cluster() { # directory, programs, major version
    have=$(as_root cat "$1/PG_VERSION" 2>/dev/null)
    if [ "$have" = "$3" ]; then return; fi
    if [ -n "$have" ]; then have="data of PostgreSQL $have"; fi
    fail "$1 holds ${have:-something else}, not data of PostgreSQL $3: move it away, or dump and restore it"
}

fill_cluster() { # directory, programs, major version, secret
    umask 077
    secret "$4" >"$work/password" || exit 1
    LC_ALL=C "$2/initdb" --pgdata="$1" --username=postgres --pwfile="$work/password" --locale=C --encoding=UTF8 \
        --auth=scram-sha-256 --data-checksums >&2 || fail "initdb did not make $1"
    rm -f "$work/password"
    umask 022
}

step_postgres() { # data, programs, port, arguments of step_daemon...
    postgres_data=$1 programs=$2 postgres_port=$3
    shift 3
    # SIGTERM waits for clients to go; this does not.
    while_ending() {
        # After a power cut the number in the file may be another program's.
        case $(ps -p "$(head -n 1 "$postgres_data/postmaster.pid" 2>/dev/null || echo 0)" -o comm= 2>/dev/null) in
        *postgres*) "$programs/pg_ctl" stop --pgdata="$postgres_data" --mode=fast --timeout=60 >&2 ;;
        esac
    }
    before_start() { free_port "$postgres_port" "$(basename "$(dirname "$programs")")"; }
    step_daemon "$@"
}

# Who may log in and what TLS shows: the server reads these files again while it serves.
step_postgres_reload() { # label, files, one a line, programs, port
    label=$1 plist='' reads=$2 programs=$3 port=$4
    if not_seen "$programs" "$port"; then return; fi
    newer=$(newer_than_job)
    if [ -z "$newer" ]; then return; fi
    must_change "$newer is newer than what the server has read"
    read_before=$(postgres_says 'SELECT pg_conf_load_time();') || fail "PostgreSQL does not say what it has read"
    postgres_says 'SELECT pg_reload_conf();' >/dev/null || fail "PostgreSQL does not read its files again"
    while [ "$(postgres_says 'SELECT pg_conf_load_time();')" = "$read_before" ]; do sleep 0.1; done
    refused=$(postgres_says "SELECT line_number || ': ' || error FROM pg_hba_file_rules WHERE error IS NOT NULL;")
    if [ -n "$refused" ]; then fail "PostgreSQL refuses pg_hba.conf, line $refused"; fi
    # Last: a run that is killed before has read nothing.
    as_root touch "$NOTES/started/$label" || fail "cannot write $NOTES/started/$label"
    done_changing
}

postgres_says() { # SQL
    printf '%s\n' "$1" | administrator "$programs" "$port" postgres
}

# The running server may be older than the installed one: brew leaves the old process alone.
probe_postgres() { # programs, address, port
    if held_by_another "$3"; then return 1; fi
    "$1/pg_isready" --quiet --host="$2" --port="$3" --timeout=5 || {
        echo "does not answer at $2:$3"
        return 1
    }
    runs=$(echo 'SHOW server_version;' | administrator "$1" "$3" postgres)
    installed=$("$1/postgres" --version | sed 's/.*(PostgreSQL) //')
    if [ "$installed" != "$runs" ]; then
        echo "runs $runs, installed is $installed"
        return 1
    fi
    echo "PostgreSQL $runs answers at $2:$3"
}

administrator() { # programs, port, database; SQL on standard input
    "$1/psql" --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 --no-password \
        --host="$SOCKETS" --port="$2" --username=postgres --dbname="$3"
}

# The password file of a client: `:` and `\` are escaped.
login_works() { # programs, port, database, role, secret; SQL on standard input
    password=$(secret "$5") || exit 1
    printf '*:*:*:*:%s\n' "$(printf %s "$password" | sed 's/[\\:]/\\&/g')" >"$work/pgpass"
    chmod 0600 "$work/pgpass"
    PGPASSFILE=$work/pgpass PGCONNECT_TIMEOUT=5 "$1/psql" --no-psqlrc --quiet --tuples-only --no-align \
        --set=ON_ERROR_STOP=1 --no-password --host=127.0.0.1 --port="$2" --username="$4" --dbname="$3"
}

set_password() { # programs, port, role, secret; the statement is kept out of the server's log
    password=$(secret "$4") || exit 1
    {
        echo "SET log_statement = 'none'; SET log_min_error_statement = 'panic';"
        printf 'ALTER ROLE "%s" LOGIN PASSWORD '"'%s';\n" "$3" "$(printf %s "$password" | sed "s/'/''/g")"
    } | administrator "$1" "$2" postgres || fail "PostgreSQL does not take the password of $3"
}

# A server that is down is one thing to repair, not three.
not_seen() { # programs, port
    if [ "$mode" = apply ] || [ ! -x "$1/psql" ] || "$1/pg_isready" --quiet --host=127.0.0.1 --port="$2"; then return 1; fi
    echo "not looked at: no server answers at port $2"
}

step_administrator() { # programs, port, secret
    if not_seen "$@"; then return; fi
    if echo 'SELECT 1;' | login_works "$1" "$2" postgres postgres "$3" >/dev/null 2>&1; then return; fi
    must_change "the administrator's password differs"
    set_password "$1" "$2" postgres "$3"
    done_changing
}

step_database() { # programs, port, database, role, secret, extensions...
    if not_seen "$@"; then return; fi
    programs=$1 port=$2 database=$3 role=$4 role_secret=$5
    shift 5
    wanted=$(printf '%s\n' "$@" | sort)
    if has=$(echo "SELECT extname FROM pg_extension;" | login_works "$programs" "$port" "$database" "$role" "$role_secret" \
        2>/dev/null) && [ -z "$(printf '%s\n' "$wanted" | without "$has")" ]; then
        return
    fi
    must_change "database $database with role $role${*:+ and }$*"
    postgres_sql postgres "SELECT 'CREATE ROLE \"$role\"' WHERE NOT EXISTS
        (SELECT FROM pg_roles WHERE rolname = '$role') \\gexec
ALTER ROLE \"$role\" LOGIN NOSUPERUSER;"
    set_password "$programs" "$port" "$role" "$role_secret"
    postgres_sql postgres "SELECT 'CREATE DATABASE \"$database\" OWNER \"$role\"' WHERE NOT EXISTS
        (SELECT FROM pg_database WHERE datname = '$database') \\gexec"
    for extension in "$@"; do
        postgres_sql "$database" "CREATE EXTENSION IF NOT EXISTS \"$extension\";"
    done
    postgres_sql "$database" "REVOKE ALL ON DATABASE \"$database\" FROM PUBLIC;
GRANT ALL ON DATABASE \"$database\" TO \"$role\";
GRANT ALL ON SCHEMA public TO \"$role\";"
    done_changing
}

postgres_sql() { # database, SQL
    printf '%s\n' "$2" | administrator "$programs" "$port" "$1" >&2 || fail "PostgreSQL refuses to prepare $database"
}

without() { # lines on standard input that are not among these lines
    while IFS= read -r line; do
        printf '%s\n' "$1" | grep -qxF -- "$line" || printf '%s\n' "$line"
    done
}

# Homebrew's pgvector serves newer servers only. Built again for another server: its modules belong to one of them.
step_pgvector() { # programs
    configuration=$1/pg_config
    if [ ! -x "$configuration" ]; then
        must_change "built once PostgreSQL is installed"
        fail "$configuration is not there"
    fi
    control=$("$configuration" --sharedir)/extension/vector.control
    built=$("$configuration" --pkglibdir)/vector.built-for
    server=$("$configuration" --version)
    have=$(version_of "$control")
    if [ -n "$have" ] && at_least "$have" "$LEAST_PGVECTOR" && [ "$(cat "$built" 2>/dev/null)" = "$server" ]; then
        echo "pgvector $have for $server"
        return
    fi
    must_change "pgvector ${have:-none} -> built for $server"
    brew_patiently unpack --destdir "$work/pgvector" pgvector
    cd "$work"/pgvector/pgvector-* || fail "brew unpack has left no source of pgvector"
    source=$(version_of vector.control)
    at_least "${source:-0}" "$LEAST_PGVECTOR" || fail "Homebrew has pgvector ${source:-none}, needed is $LEAST_PGVECTOR: brew update"
    # Without the compiler's choice of this very processor; as the user who owns Homebrew, never as root.
    for target in clean all install; do
        say_end make PG_CONFIG="$configuration" OPTFLAGS="" "$target" || {
            tail -n 5 "$work/said" >&2
            fail "make $target of pgvector failed"
        }
    done
    if [ "$(version_of "$control")" != "$source" ]; then fail "make install of pgvector $source has not changed $control"; fi
    printf '%s\n' "$server" >"$built" || fail "cannot write $built"
    done_changing
}

version_of() { # control file of an extension
    sed -n "s/^default_version = '\(.*\)'.*/\1/p" "$1" 2>/dev/null
}

at_least() { # version, least version
    printf '%s\n%s\n' "$2" "$1" | awk -F. '
        { for (part = 1; part <= 3; part++) number[NR, part] = $part + 0 }
        END {
            for (part = 1; part <= 3; part++)
                if (number[2, part] != number[1, part]) exit number[2, part] < number[1, part]
        }'
}
