# shellcheck shell=sh disable=SC2034,SC2154  # put together with the files of runtime/linux
# Facts of a Linux machine.

fact_system() {
    name=$(sed -n 's/^PRETTY_NAME="\{0,1\}\([^"]*\).*/\1/p' /etc/os-release 2>/dev/null)
    echo "$(uname -m), ${name:-unknown system}, Linux $(uname -r)"
}

fact_processor() {
    model=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
    echo "${model:-unknown}, $(getconf _NPROCESSORS_ONLN) cores"
}

fact_memory() {
    awk '$1 == "MemTotal:" { total = $2 } $1 == "MemAvailable:" { free = $2 }
        END { printf "%d MB, %d MB of it available\n", total / 1024, free / 1024 }' /proc/meminfo
}

fact_uptime() { uptime | sed 's/^ *//'; }

fact_reboot() {
    if [ -e /var/run/reboot-required ]; then echo "waits for one"; else echo "waits for none"; fi
}

fact_gpu() {
    if command -v nvidia-smi >/dev/null; then
        nvidia-smi --query-gpu=name,memory.total,driver_version --format=csv,noheader
    else
        echo "no driver of NVIDIA"
    fi
}

fact_encryption() {
    if lsblk -rno TYPE 2>/dev/null | grep -q '^crypt$'; then echo "a disk is encrypted"; else echo "no disk is encrypted"; fi
}
