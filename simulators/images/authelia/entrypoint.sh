#!/bin/sh
# Like the official image: as root it gives /config to PUID and PGID and goes on as they; as anybody else it just runs.
set -eu

if [ "$(id -u)" -ne 0 ]; then
    exec /opt/authelia/bin/python /app/server.py "$@"
fi
chown -R "$PUID:$PGID" /config
exec setpriv --reuid "$PUID" --regid "$PGID" --clear-groups /opt/authelia/bin/python /app/server.py "$@"
