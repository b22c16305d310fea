# shellcheck shell=sh disable=SC2034,SC2154  # the files of runtime/ are put together to one script
# What differs between macOS and Linux for the files of runtime/common, and where things lie on a Mac.

PROGRAM_PATH=/opt/homebrew/bin:/usr/bin:/bin:/usr/sbin:/sbin
ROOT_OWNER=root:wheel
DATA_PATH=/System/Volumes/Data
HOMEBREW=/opt/homebrew
# Notes of ours, which only root writes.
NOTES=/var/db/ai-platform
DAEMONS=/Library/LaunchDaemons
