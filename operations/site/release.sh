#!/bin/sh
# Releases of a site: releases/DIGEST/pages with its manifest, `current`, a link to the pages that are served, and
# `history`, a line for each release, the newest last. Runs in a container of the service's own image (BusyBox or GNU
# tools) with the volume at /site:
#   state                             the digest served, then the history
#   receive DIGEST FILES BYTES KEEP   serves a tar (manifest, pages) that comes on standard input
#   activate DIGEST KEEP              serves a release that is there, as the newest
#   rollback [DIGEST]                 serves the release before the one that is served, or the one named
# Everything but the rename of `current` is done beside what is served.
set -eu
umask 022

fail() {
    echo "$1" >&2
    exit 1
}

served() {
    link=$(readlink current || :)
    link=${link#releases/}
    echo "${link%/pages}"
}

# Bytes, number and kind of all files are as the manifest says, and the manifest is the one that is meant.
is_whole() {
    [ -f "$1/manifest" ] && [ "$(sha256sum <"$1/manifest" | cut -c 1-64)" = "$2" ] || return 1
    (cd "$1/pages" && sha256sum -c ../manifest) >/dev/null 2>&1 || return 1
    [ "$(find "$1/pages" ! -type d | wc -l)" -eq "$(wc -l <"$1/manifest")" ]
}

serve() {
    rm -rf .next
    ln -s "releases/$1/pages" .next
    mv -f -T .next current
    sync
}

remember() {
    {
        grep -v "^$1 " history || :
        echo "$1 $(date -u +%Y-%m-%dT%H:%M:%SZ) $(wc -l <"releases/$1/manifest")"
    } >.history
    mv -f .history history
}

# Keeps the newest ones and the one that is served; the history tells of no others.
prune() {
    tail -n "$1" history >.kept
    grep "^$(served) " history >>.kept || :
    for folder in releases/*; do
        grep -q "^${folder#releases/} " .kept || rm -rf "$folder"
    done
    while read -r digest rest; do
        if [ -d "releases/$digest" ]; then echo "$digest $rest"; fi
    done <history >.history
    mv -f .history history
    rm -f .kept
}

receive() {
    rm -rf .part .old
    [ "$(df -Pk . | awk 'END { print $4 }')" -gt "$(($3 / 1024))" ] || fail "the disk is full: the pages take $3 bytes"
    mkdir -p .part
    tar -x -o -f - -C .part || fail "the pages did not arrive whole"
    is_whole .part "$1" || fail "the pages arrived changed, or not all of them; was the folder built meanwhile?"
    sync
    mkdir -p releases
    if [ -e "releases/$1" ]; then mv -f "releases/$1" .old; fi
    mv -f .part "releases/$1"
    rm -rf .old
    activate "$1" "$4"
}

activate() {
    is_whole "releases/$1" "$1" || fail "release $1 is not there, or damaged"
    # In this order: one that is remembered and not served is one that somebody has rolled back.
    serve "$1"
    remember "$1"
    prune "$2"
}

before() {
    awk -v now="$1" '$1 == now { print last; exit } { last = $1 }' history
}

rollback() {
    target=${1:-$(before "$(served)")}
    [ -n "$target" ] || fail "there is no release before the one that is served"
    is_whole "releases/$target" "$target" || fail "release $target is not there, or damaged"
    serve "$target"
    echo "$target"
}

state() {
    served
    cat history
}

cd /site
[ -f history ] || : >history
exec 9>.lock
flock 9
"$@"
