#!/bin/sh
exec "$(dirname "$0")/run" operations.model_backup "$@"
