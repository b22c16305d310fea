# shellcheck shell=sh disable=SC2034,SC2154  # the files of runtime/ are put together to one script
# The table of ours. What is right is what `nft` makes of the file.

step_firewall() { # file, content
    if ! file_is "$1" "-rw-r--r-- $ROOT_OWNER" "$2"; then
        reason="$1 differs"
    elif ! firewall_is_loaded "$1"; then
        reason="the table inet ai_platform is not that of $1"
    else
        echo "$(printf '%s\n' "$2" | grep -c 'counter drop comment') ports guarded"
        return
    fi
    must_change "$reason"
    no_card_among_the_containers
    make_parents "$(dirname "$1")" "$ROOT_OWNER" || fail "cannot make the folder of $1"
    write_file "$1" "$ROOT_OWNER" 0644 -rw-r--r-- "$2" nft -c -f
    as_root nft -f "$1" >&2 || fail "nft refuses $1; the rules are those of before"
    firewall_is_loaded "$1" || fail "the rules are loaded, but nft lists others: sudo nft list table inet ai_platform"
    done_changing
}

# The file is loaded into a network of its own, where nobody is, and both are listed alike: without counters.
firewall_is_loaded() { # file
    loaded_rules=$(as_root nft -s list table inet ai_platform 2>/dev/null) || return 1
    # shellcheck disable=SC2016  # for the inner shell
    meant_rules=$(as_root unshare --net sh -c 'nft -f "$1" && nft -s list table inet ai_platform' - "$1") ||
        fail "nft cannot load $1 into a network of its own"
    [ "$loaded_rules" = "$meant_rules" ]
}

# What comes from a bridge with one of Docker's names is taken for a container's: nothing but containers may be behind it.
no_card_among_the_containers() {
    for port in "$NETWORK_CARDS"/docker0/brif/* "$NETWORK_CARDS"/br-*/brif/*; do
        case ${port##*/} in
        veth* | '*') ;;
        *) fail "${port##*/} is in a bridge with a name like Docker's, so the firewall would let pass what it brings: \
rename the bridge ($port)" ;;
        esac
    done
}
