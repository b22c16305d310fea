# shellcheck shell=sh disable=SC2034,SC2154  # the files of runtime/ are put together to one script
# What a Linux machine must bring along.

platform_preflight() { # megabytes of memory needed, mebibytes of NVIDIA memory needed or 0
    case "$(uname -s) $(uname -m)" in
    "Linux x86_64" | "Linux aarch64") ;;
    *) missing "Linux on x86_64 or aarch64 (this is $(uname -s) $(uname -m))" ;;
    esac
    needs_release
    needs_programs apt-get dpkg-query systemctl sysctl unshare
    if [ ! -d "$SYSTEMD_RUNS" ]; then missing "systemd as the first process"; fi
    for folder in /usr /var/lib/dpkg; do
        if as_root true 2>/dev/null && ! as_root test -w "$folder"; then
            missing "a file system that can be written: $folder cannot"
        fi
    done
    needs_room /var 1024
    needs_room /tmp 16
    memory=$(awk '$1 == "MemTotal:" { printf "%d", $2 / 1024 }' "$MEMORY_FACTS")
    if [ "$memory" -lt "$1" ]; then missing "$1 MB of memory for the services (there are $memory MB)"; fi
    if [ -e /snap/bin/docker ]; then
        missing "Docker from a package, which sees the whole disk, in place of the snap: sudo snap remove docker"
    fi
    if [ "$2" -gt 0 ]; then needs_cards "$2"; fi
}

needs_room() { # folder, megabytes
    free=$(free_megabytes "$1")
    if [ "${free:-0}" -lt "$2" ]; then missing "$2 MB of free disk in $1 (there are ${free:-0} MB)"; fi
}

needs_release() {
    release=$(awk -F= '$1 == "ID" || $1 == "VERSION_ID" { gsub(/"/, ""); value[$1] = $2 }
        END { print value["ID"], value["VERSION_ID"] }' "$OS_RELEASE" 2>/dev/null)
    number=${release#* }
    case "${release%% *} ${number%%.*}" in
    *" " | *[!0-9a-z\ ]*) oldest=99999 number=0 ;;
    "debian "*) oldest=12 ;;
    "ubuntu "*) oldest=22 ;;
    *) oldest=99999 ;;
    esac
    if [ "${number%%.*}" -lt "$oldest" ]; then missing "Debian 12 or Ubuntu 22.04, or newer (this is $release)"; fi
}

# Drivers belong to the kernel and need a restart: installing one is left to whoever owns the machine.
needs_cards() { # mebibytes of memory needed
    if ! memories=$(nvidia-smi --query-gpu=memory.total --format=csv,noheader,nounits 2>&1); then
        missing "the NVIDIA driver (sudo apt-get install nvidia-driver, on Ubuntu sudo ubuntu-drivers install; \
then restart): nvidia-smi says: $(printf '%s' "$memories" | tr '\n' ' ')"
        return
    fi
    memory=$(printf '%s\n' "$memories" | awk '{ sum += $1 } END { printf "%d", sum }')
    if [ "$memory" -lt "$1" ]; then missing "$1 MiB of NVIDIA memory (nvidia-smi shows $memory MiB)"; fi
}
