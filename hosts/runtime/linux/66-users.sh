# shellcheck shell=sh disable=SC2034,SC2154  # the files of runtime/ are put together to one script
# People, and groups of the user who logs in.

step_group() { # group, user
    if in_group "$1" "$2"; then
        echo "$2"
        return
    fi
    must_change "$2 -> group $1, from the next login on"
    as_root groupadd -f -r "$1" >&2 || fail "cannot make the group $1"
    as_root usermod -a -G "$1" "$2" >&2 || fail "cannot put $2 into the group $1"
    done_changing
}

# Root may use everything anyway.
in_group() { # group, user
    [ "$2" = root ] || id -nG "$2" | tr ' ' '\n' | grep -qxF "$1"
}

step_user() { # name, lines of authorized_keys, file in sudoers.d, its content or nothing
    name=$1 keys=$2 sudoers_file=$3 sudoers=$4
    refuse_other_accounts
    reason=$(user_reason) || exit 1
    if [ -z "$reason" ]; then return; fi
    must_change "$reason"
    if ! id "$name" >/dev/null 2>&1; then
        as_root useradd --create-home --user-group --shell /bin/bash "$name" >&2 || fail "cannot make the account $name"
    fi
    find_home
    as_root install -d -o "$name" -g "$own_group" -m 0700 "$home/.ssh" || fail "cannot make $home/.ssh"
    write_file "$home/.ssh/authorized_keys" "$name:$own_group" 0600 -rw------- "$keys"
    if [ -n "$sudoers" ]; then
        write_file "$sudoers_file" "$ROOT_OWNER" 0440 -r--r----- "$sudoers" visudo -cqf
    else
        as_root rm -f "$sudoers_file" || fail "cannot remove $sudoers_file"
    fi
    done_changing
}

# Another's keys would replace those that we, or the system, log in with.
refuse_other_accounts() {
    if [ "$name" = "$(id -un)" ]; then fail "$name is who logs in here for the platform: name the person otherwise"; fi
    number=$(id -u "$name" 2>/dev/null) || return 0
    if [ "$number" -lt 1000 ]; then fail "$name is an account of the system: name the person otherwise"; fi
}

find_home() {
    home=$(getent passwd "$name" | cut -d: -f6)
    own_group=$(id -gn "$name")
    if [ -z "$home" ]; then fail "$name has no home"; fi
}

user_reason() {
    if ! id "$name" >/dev/null 2>&1; then
        echo "no account $name"
        return
    fi
    find_home
    if [ "$(access_of "$home/.ssh")" != "drwx------ $name:$own_group" ]; then
        echo "$home/.ssh is not $name's alone"
    elif ! file_is "$home/.ssh/authorized_keys" "-rw------- $name:$own_group" "$keys"; then
        echo "other keys may log in"
    elif [ -n "$sudoers" ] && ! file_is "$sudoers_file" "-r--r----- $ROOT_OWNER" "$sudoers"; then
        echo "$name may not become root"
    elif [ -z "$sudoers" ] && as_root test -e "$sudoers_file"; then
        echo "$name may become root"
    fi
}
