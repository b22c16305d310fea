#!/bin/sh
# Like the official image: runs the command, nginx by default.
set -eu
exec "$@"
