#!/bin/sh
exec "$(dirname "$0")/run" operations.gpu.cost_check "$@"
