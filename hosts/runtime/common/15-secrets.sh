# shellcheck shell=sh disable=SC2034,SC2154  # the files of runtime/ are put together to one script
# Secrets come on the first line of standard input (hosts/login_command.py) and stay in a variable of the shell: never
# in the environment of a program, never in an argument that `ps` shows.

secret() { # name; its value on standard output, as it is
    for pair in ${secrets-}; do
        if [ "${pair%%:*}" = "$1" ]; then
            printf %s "${pair#*:}" | decode_base64
            return
        fi
    done
    fail "this run was given no secret $1"
}

decode_base64() { # older versions of macOS know -D only
    if printf Cg== | base64 -d >/dev/null 2>&1; then base64 -d; else base64 -D; fi
}
