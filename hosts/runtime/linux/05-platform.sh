# shellcheck shell=sh disable=SC2034,SC2154  # the files of runtime/ are put together to one script
# What differs between macOS and Linux for the files of runtime/common, and where a Linux host keeps what is read here.

PROGRAM_PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
ROOT_OWNER=root:root
DATA_PATH=/
OS_RELEASE=/etc/os-release
MEMORY_FACTS=/proc/meminfo
APPARMOR=/sys/module/apparmor/parameters/enabled
SYSTEMD_RUNS=/run/systemd/system
NETWORK_CARDS=/sys/class/net
DUE=/var/run/ai-platform.due
FIRST_BOOT=/var/lib/ai-platform/first-boot
