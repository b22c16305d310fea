#!/bin/sh
# First boot of a rented machine, run by cloud-init as root: first-boot USER
# Its text is part of the order: changing it here makes `up` want another machine in place of each that is rented.
# What can be done later is done by the role of the host (hosts/linux).
set -u
user=$1
report=/var/lib/ai-platform/first-boot
mkdir -p "${report%/*}"

finish() { # "ready", or "failed: " and why
    echo "$1" >"$report.new" && mv "$report.new" "$report"
    exit
}

# TensorDock may have left its own `ssh_key` out; both accounts get it.
authorize() { # account
    home=$(getent passwd "$1" | cut -d: -f6)
    group=$(id -gn "$1")
    install -d -m 0700 -o "$1" -g "$group" "$home/.ssh"
    touch "$home/.ssh/authorized_keys"
    grep -qxFf /etc/ai-platform/login.pub "$home/.ssh/authorized_keys" ||
        cat /etc/ai-platform/login.pub >>"$home/.ssh/authorized_keys"
    chown "$1:$group" "$home/.ssh/authorized_keys"
    chmod 0600 "$home/.ssh/authorized_keys"
}

id "$user" >/dev/null 2>&1 || useradd --create-home --shell /bin/bash "$user" || finish "failed: no account $user"
authorize root
authorize "$user"
echo "$user ALL=(ALL) NOPASSWD:ALL" >/etc/sudoers.d/ai-platform-login
chmod 0440 /etc/sudoers.d/ai-platform-login

# From here on sshd shows the key that was given to it, and takes no password.
systemctl restart ssh.service 2>/dev/null || systemctl restart sshd.service || finish "failed: sshd does not restart"

# A machine that nobody comes back to does not run for ever: the role brings a timer of its own, and ends this one.
systemd-run --quiet --unit=ai-platform-unclaimed --on-active=2h systemctl poweroff

# Security updates hold the package database for minutes after a boot; the role of the host starts them again.
systemctl stop apt-daily.timer apt-daily-upgrade.timer apt-daily.service apt-daily-upgrade.service \
    unattended-upgrades.service 2>/dev/null
export DEBIAN_FRONTEND=noninteractive
dpkg --configure -a || finish "failed: packages are half installed, and dpkg cannot finish them"

# The toolkit that gives cards to containers comes from NVIDIA's own repository where the system knows no other.
repository=https://nvidia.github.io/libnvidia-container
candidate() { apt-cache policy nvidia-container-toolkit | grep -q 'Candidate: [0-9]'; }
if ! command -v nvidia-ctk >/dev/null && ! candidate && command -v curl >/dev/null && command -v gpg >/dev/null &&
    curl -fsSL --max-time 30 -o /run/nvidia.key "$repository/gpgkey"; then
    gpg --dearmor --yes -o /usr/share/keyrings/nvidia-container-toolkit.gpg /run/nvidia.key
    echo "deb [signed-by=/usr/share/keyrings/nvidia-container-toolkit.gpg] $repository/stable/deb/\$(ARCH) /" \
        >/etc/apt/sources.list.d/nvidia-container-toolkit.list
fi

# The driver loads while the machine boots.
tries=60
until said=$(nvidia-smi 2>&1); do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || finish "failed: nvidia-smi says: $(echo "$said" | head -n 1)"
    sleep 5
done
finish ready
