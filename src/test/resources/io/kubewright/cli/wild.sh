# A host as its former owner left it: swap in every way, a later file that lowers a kernel parameter.
set -e
mkdir -p /data /mnt/swatch
for file in swapspace second; do
    dd if=/dev/zero of=/data/$file bs=1M count=64 status=none
    chmod 600 /data/$file
    mkswap -q /data/$file
done
printf '%s\n' '# /dev/sda2 none swap sw 0 0' 'nas.corp.local:/swatch	/mnt/swatch	nfs	noauto,nofail	0	0' \
    '/data/swapspace	none	swap	sw,pri=7	0	0' >>/etc/fstab
printf '[Swap]\nWhat=/data/second\n[Install]\nWantedBy=multi-user.target\n' >/etc/systemd/system/data-second.swap
cat >/etc/systemd/system/zramswap.service <<'UNIT'
[Unit]
Description=Compressed memory as swap, as zram-tools has it
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=sh -c 'modprobe zram && echo 64M >/sys/block/zram0/disksize && mkswap -q /dev/zram0 && swapon -p 100 /dev/zram0'
ExecStop=sh -c 'swapoff /dev/zram0; echo 1 >/sys/block/zram0/reset'
[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable -q --now data-second.swap zramswap.service
systemctl start data-swapspace.swap
printf 'net.ipv4.ip_forward = 0\nkernel.panic=3\nvm.panic_on_oom = 1\n' >/etc/sysctl.d/99-local.conf
sysctl -q -p /etc/sysctl.d/99-local.conf
