#!/bin/sh
# Writes a minimal Debian root filesystem as a tar file: rootfs.sh WORK_FOLDER, which then holds rootfs.tar and is
# emptied of all else, also of what an earlier run left that was killed.
# Stands in for the official base image where no container registry answers. Uses this machine's own
# package mirrors for the suite if it has any, so a mirror set up once serves the images too.
set -eu
suite=bookworm
work=$1
export LC_ALL=C

clean_up() {
    for folder in proc sys; do
        umount "$work/root/$folder" 2>/dev/null || true
    done
    rm -rf --one-file-system "$work/root" "$work/sources.list" "$work/rootfs.tar.part"
}
trap clean_up EXIT
trap 'exit 130' INT TERM
clean_up
mkdir -p "$work"

sources=$work/sources.list
# shellcheck disable=SC2016  # the names in the format belong to apt-get
apt-get indextargets --format 'deb $(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null |
    awk -v suite="$suite" '($3 == suite || index($3, suite "-") == 1) && $4 == "main" && !seen[$0]++' >"$sources"
mirror=$(awk -v suite="$suite" '$3 == suite { print $2; exit }' "$sources")

# With no mirror given, debootstrap uses the distribution's own.
debootstrap --variant=minbase "$suite" "$work/root" ${mirror:+"$mirror"}
if [ -n "$mirror" ]; then
    cp "$sources" "$work/root/etc/apt/sources.list"
fi
rm -rf "$work"/root/var/cache/apt/*.bin "$work"/root/var/cache/apt/archives/*.deb "$work"/root/var/lib/apt/lists/*
rm -rf "$work"/root/usr/share/man/* "$work"/root/usr/share/doc/* "$work"/root/dev/*
# What the official Debian images set as well: no service starts in a build, no package caches, no documentation.
printf '#!/bin/sh\nexit 101\n' >"$work/root/usr/sbin/policy-rc.d"
chmod 0755 "$work/root/usr/sbin/policy-rc.d"
cat >"$work/root/etc/apt/apt.conf.d/90minimal" <<'END'
Acquire::Retries "3";
APT::Install-Recommends "false";
APT::Install-Suggests "false";
APT::Keep-Downloaded-Packages "false";
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb || true"; };
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
END
printf 'path-exclude /usr/share/doc/*\npath-exclude /usr/share/man/*\n' >"$work/root/etc/dpkg/dpkg.cfg.d/90minimal"
: >"$work/root/etc/resolv.conf"
tar -C "$work/root" --numeric-owner -cf "$work/rootfs.tar.part" .
mv "$work/rootfs.tar.part" "$work/rootfs.tar"
