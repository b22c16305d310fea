# shellcheck shell=sh disable=SC2034,SC2154  # the files of runtime/ are put together to one script
# Accounts of people: made without a password, so that only their keys open them.

step_account() { # name, its public keys, yes for one that may become root
    account_home=$(home_of "$1")
    keys=$(wanted_keys "$1" "$2")
    sudoers=/etc/sudoers.d/ai-platform-$1
    rule="$1 ALL=(ALL) NOPASSWD: ALL
"
    if [ -z "$account_home" ]; then
        must_change "no account $1"
        make_account "$1"
        account_home=$(home_of "$1")
        if [ -z "$account_home" ]; then fail "sysadminctl has made no account $1"; fi
    elif ! file_is "$account_home/.ssh/authorized_keys" "-rw------- $1:$(id -gn "$1")" "$keys
"; then
        must_change "the keys of $1 differ"
    elif ! admin_is "$1" "$3"; then
        must_change "$1 may become root: should be $3"
    else
        echo "$account_home"
        return
    fi
    group=$(id -gn "$1") || fail "the account $1 has no group"
    as_root install -d -o "$1" -g "$group" -m 0700 "$account_home/.ssh" || fail "cannot make $account_home/.ssh"
    write_file "$account_home/.ssh/authorized_keys" "$1:$group" 0600 -rw------- "$keys
"
    if [ "$3" = yes ]; then
        as_root dscl . -append /Groups/admin GroupMembership "$1" || fail "cannot make $1 an administrator"
        # Without a password of its own the account could prove nothing to sudo.
        write_file "$sudoers" "$ROOT_OWNER" 0440 -r--r----- "$rule" /usr/sbin/visudo -cf
    else
        as_root rm -f "$sudoers"
    fi
    done_changing
}

home_of() { # name; empty when there is no such account
    dscl . -read "/Users/$1" NFSHomeDirectory 2>/dev/null | sed -n 's/^NFSHomeDirectory: //p'
}

# Only these keys; but of the user who is logged in none is taken away, or this could be the last login.
wanted_keys() { # name, keys
    if [ "$1" = "$(id -un)" ]; then
        { cat "$account_home/.ssh/authorized_keys" 2>/dev/null && echo "$2"; } | awk 'NF && !seen[$0]++'
    else
        echo "$2"
    fi
}

# An administrator who is none in the settings stays in the group: who made him one may have had a reason. Only what
# this step has given is taken away.
admin_is() { # name, yes or no
    if [ "$2" = yes ]; then
        id -Gn "$1" | tr ' ' '\n' | grep -qx admin && file_is "$sudoers" "-r--r----- $ROOT_OWNER" "$rule"
    else
        ! as_root test -e "$sudoers"
    fi
}

make_account() { # name; sysadminctl ends with 0 even when it refuses
    as_root sysadminctl -addUser "$1" -fullName "$1" -shell /bin/zsh -home "/Users/$1" >&2
    # An account without a password would open at the Mac's screen to everybody.
    as_root dscl . -create "/Users/$1" Password '*' >&2 || fail "cannot close $1 to logins without a key"
}
