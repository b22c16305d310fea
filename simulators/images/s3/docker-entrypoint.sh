#!/bin/sh
# Like the official image: arguments go to versitygw; without any, VGW_BACKEND names the backend and VGW_ARGS,
# VGW_BACKEND_ARG and VGW_BACKEND_ARGS hold the rest.
set -eu

if [ "$#" -eq 0 ]; then
    if [ -z "${VGW_BACKEND:-}" ]; then
        echo "docker-entrypoint: give arguments for versitygw or set VGW_BACKEND" >&2
        exit 1
    fi
    # shellcheck disable=SC2086  # both are lists of options
    set -- ${VGW_ARGS:-} "$VGW_BACKEND" ${VGW_BACKEND_ARG:+"$VGW_BACKEND_ARG"} ${VGW_BACKEND_ARGS:-}
fi
exec /usr/local/bin/versitygw "$@"
