#!/bin/sh
# Versions of the files that a running service takes up: a folder for each, and `current`, a link to the one that the
# service begins with. Runs as root in the container of the service (BusyBox or GNU tools), so that the service itself
# can only read them:
#   FOLDER current          the version that `current` leads to; nothing before the first
#   FOLDER empty            makes .incoming, an empty folder
#   FOLDER keep VERSION     turns .incoming into the version
#   FOLDER lead [VERSION]   lets `current` lead there, or nowhere
#   FOLDER tidy             removes every version but the current one
set -eu
umask 022

current() {
    readlink current || :
}

empty() {
    rm -rf .incoming
    mkdir .incoming
}

keep() {
    rm -rf "$1"
    mv .incoming "$1"
    sync
}

lead() {
    rm -rf .next
    if [ -z "${1:-}" ]; then
        rm -f current
        return
    fi
    ln -s "$1" .next
    mv -f -T .next current
    sync
}

tidy() {
    kept=$(current)
    for version in *; do
        case "$version" in current | "$kept") ;; *) rm -rf "$version" ;; esac
    done
}

cd "$1"
shift
"$@"
