#!/bin/sh
exec "$(dirname "$0")/run" operations.gpu.vm_stop "$@"
