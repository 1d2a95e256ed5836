# Takes back on a host what Ansible and pyinfra did there. Run by root's sh; the packages stand in PACKAGES, the kernel's
# parameters of before in PARAMETERS, a line each.
set -eu
rm -rf /etc/modules-load.d/kubewright.conf /etc/sysctl.d/99-zz-kubewright.conf /var/tmp/bench-packages*
if [ "$(readlink /etc/systemd/system/swap.target)" = /dev/null ]; then rm /etc/systemd/system/swap.target; fi
systemctl daemon-reload
echo "$PARAMETERS" | while read -r key _ value; do
    if [ -n "$value" ]; then echo "$value" >"/proc/sys/$(echo "$key" | tr ./ /.)"; fi
done
DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 purge $PACKAGES >/dev/null
