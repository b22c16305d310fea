# shellcheck shell=sh disable=SC2034,SC2154  # the files of runtime/ are put together to one script
# A machine that was ordered a moment ago: nothing can be told of it before its first boot has done its work.

first_boot() { # seconds
    left=$1
    until [ -s "$FIRST_BOOT" ] || [ "$left" -le 0 ]; do
        sleep 2
        left=$((left - 2))
    done
    said=$(cat "$FIRST_BOOT" 2>/dev/null)
    case $said in
    ready) ;;
    '') give_up 3 'first boot' "not done after $1 s; what it does is in /var/log/cloud-init-output.log of the machine" ;;
    *) give_up 3 'first boot' "$said; see /var/log/cloud-init-output.log of the machine" ;;
    esac
}
