#!/bin/sh
# Starts PostgreSQL like the official image: POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB, POSTGRES_INITDB_ARGS and
# POSTGRES_HOST_AUTH_METHOD (each also as NAME_FILE) shape a new data folder, then /docker-entrypoint-initdb.d runs once.
# Unlike the official image, a first start that is killed half way begins again: the data folder is filled in a
# subfolder and put in place only when complete.
set -eu

fail() {
    echo "docker-entrypoint: $*" >&2
    exit 1
}

# from_file NAME DEFAULT: takes NAME, or the content of the file that NAME_FILE names, or DEFAULT.
from_file() {
    eval "value=\${$1:-} file=\${$1_FILE:-}"
    if [ -n "$value" ] && [ -n "$file" ]; then
        fail "both $1 and $1_FILE are set"
    fi
    if [ -n "$file" ]; then
        value=$(cat "$file") || fail "$1_FILE=$file cannot be read"
    fi
    value=${value:-$2}
    export "$1=$value"
    unset "$1_FILE"
}

run_init_script() {
    echo "docker-entrypoint: running $1" >&2
    case $1 in
        *.sh)
            if [ -x "$1" ]; then
                "$1"
            else
                # shellcheck source=/dev/null
                . "$1"
            fi
            ;;
        *.sql) run_sql <"$1" ;;
        *.sql.gz) gunzip -c "$1" | run_sql ;;
        *) echo "docker-entrypoint: ignoring $1" >&2 ;;
    esac
}

run_sql() {
    psql --set=ON_ERROR_STOP=1 --no-psqlrc --quiet --username="$POSTGRES_USER" --dbname="$POSTGRES_DB"
}

create_cluster() {
    if [ -z "$POSTGRES_PASSWORD" ] && [ "$POSTGRES_HOST_AUTH_METHOD" != trust ]; then
        fail "POSTGRES_PASSWORD (or POSTGRES_PASSWORD_FILE) is not set"
    fi
    password=$(mktemp)
    printf '%s\n' "$POSTGRES_PASSWORD" >"$password"
    # shellcheck disable=SC2086  # POSTGRES_INITDB_ARGS is a list of options
    initdb --username="$POSTGRES_USER" ${POSTGRES_PASSWORD:+--pwfile="$password"} ${POSTGRES_INITDB_ARGS:-}
    rm -f "$password"
    printf '\nhost all all all %s\n' "$POSTGRES_HOST_AUTH_METHOD" >>"$PGDATA/pg_hba.conf"
}

fill_cluster() {
    export PGHOST=/var/run/postgresql
    pg_ctl --wait --silent --options="-c listen_addresses='' -c unix_socket_directories=$PGHOST" start
    if [ "$POSTGRES_DB" != postgres ]; then
        echo 'CREATE DATABASE :"name";' |
            psql --set=ON_ERROR_STOP=1 --set=name="$POSTGRES_DB" --no-psqlrc --username="$POSTGRES_USER" --dbname=postgres
    fi
    for script in /docker-entrypoint-initdb.d/*; do
        if [ -f "$script" ]; then
            run_init_script "$script"
        fi
    done
    pg_ctl --mode=fast --wait --silent stop
    unset PGHOST
}

initialise() {
    final=$PGDATA
    export PGDATA="$final/.initialising"
    if [ ! -e "$PGDATA/.complete" ]; then
        rm -rf "$PGDATA"
        create_cluster
        fill_cluster
        touch "$PGDATA/.complete"
    fi
    find "$PGDATA" -mindepth 1 -maxdepth 1 ! -name PG_VERSION ! -name .complete -exec mv {} "$final"/ \;
    mv "$PGDATA/PG_VERSION" "$final/"
    rm -rf "$PGDATA"
    export PGDATA="$final"
}

if [ "${1#-}" != "$1" ]; then
    set -- postgres "$@"
fi
if [ "$1" != postgres ]; then
    exec "$@"
fi

mkdir -p "$PGDATA" /var/run/postgresql
chmod 0700 "$PGDATA" 2>/dev/null || true
if [ "$(id -u)" = 0 ]; then
    find "$PGDATA" \! -user postgres -exec chown postgres:postgres {} +
    chown postgres:postgres /var/run/postgresql
    exec setpriv --reuid=postgres --regid=postgres --clear-groups "$0" "$@"
fi
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    from_file POSTGRES_PASSWORD ""
    from_file POSTGRES_USER postgres
    from_file POSTGRES_DB "$POSTGRES_USER"
    from_file POSTGRES_INITDB_ARGS ""
    from_file POSTGRES_HOST_AUTH_METHOD scram-sha-256
    initialise
fi
# The running server needs none of it.
unset POSTGRES_PASSWORD POSTGRES_PASSWORD_FILE
exec "$@"
