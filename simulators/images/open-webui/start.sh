#!/bin/sh
# Starts the server like the official image: HOST, PORT, UVICORN_WORKERS and WEBUI_SECRET_KEY, the latter made once
# and kept beside the data when not given.
set -eu
cd "$(dirname "$0")"

if [ -z "${WEBUI_SECRET_KEY:-}" ]; then
    key_file=data/.webui_secret_key
    if [ ! -s "$key_file" ]; then
        (umask 077 && head -c 24 /dev/urandom | base64 >"$key_file")
    fi
    WEBUI_SECRET_KEY=$(cat "$key_file")
    export WEBUI_SECRET_KEY
fi
exec uvicorn open_webui.main:app --host "${HOST:-0.0.0.0}" --port "${PORT:-8080}" \
    --forwarded-allow-ips "${FORWARDED_ALLOW_IPS:-*}" --workers "${UVICORN_WORKERS:-1}"
