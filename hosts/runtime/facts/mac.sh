# shellcheck shell=sh disable=SC2034,SC2154  # put together with the files of runtime/mac
# Facts of a Mac.

fact_system() {
    echo "$(uname -m), macOS $(sw_vers -productVersion) ($(sw_vers -buildVersion 2>/dev/null)), Darwin $(uname -r)"
}

fact_processor() {
    echo "$(sysctl -n machdep.cpu.brand_string 2>/dev/null || echo unknown), $(sysctl -n hw.ncpu) cores"
}

fact_memory() {
    wired=$(sysctl -n iogpu.wired_limit_mb 2>/dev/null || echo 0)
    if [ "$wired" = 0 ]; then wired="macOS's default"; else wired="$wired MB"; fi
    echo "$(($(sysctl -n hw.memsize) / 1048576)) MB, share of the GPU: $wired"
}

fact_uptime() { uptime | sed 's/^ *//'; }

fact_file_vault() { fdesetup status | head -n 1; }

fact_power() { pmset -g custom | awk '$1 ~ /^(sleep|autorestart|disablesleep|womp)$/ { printf "%s %s  ", $1, $2 } END { print "" }'; }

fact_homebrew() {
    if ! command -v brew >/dev/null; then
        echo "not there"
        return
    fi
    prefix=$(brew --prefix)
    printf '%s in %s of %s:' "$(brew --version 2>/dev/null | head -n 1)" "$prefix" "$(owner "$prefix/Cellar")"
    for formula in "$prefix"/opt/*; do
        if [ -e "$formula" ]; then printf ' %s' "${formula##*/}"; fi
    done
    echo
}
