# Everything by which a host could tell that Kubernetes was here; one line each, sorted where order means nothing.
# Left out is what lives by itself: logs, caches, the databases of apt and systemd and what their timers put
# aside by the time of day, and what a boot makes anew.
find / -xdev \( -path /proc -o -path /sys -o -path /run -o -path /tmp -o -path /dev -o -path /var/log/journal \
    -o -path /var/log/apt -o -path /var/cache -o -path /var/tmp -o -path /var/lib/systemd -o -path /var/lib/apt \
    -o -path /var/lib/dpkg/info -o -path /var/backups -o -path /root \) -prune -o \
    ! -path /etc/ld.so.cache ! -path '/var/log/*' ! -path '/var/lib/dpkg/*' ! -path '*/__pycache__*' \
    \( -type f -printf 'file %p %m %u %s\n' -o -type d -printf 'directory %p %m %u\n' -o -printf '%y %p %l\n' \) | sort
dpkg-query -W -f 'package ${Package} ${db:Status-Abbrev}\n' | sort
find /etc /usr/local /opt -xdev -type f ! -path /etc/ld.so.cache -exec sha256sum {} + | sed 's/^/content /' | sort -k 3
systemctl list-unit-files --no-legend --no-pager | sed 's/^/unit /' | sort
ip -o link show | sed 's/^[0-9]*: \([^:@]*\).*/link \1/' | sort
ip -o addr show | sed 's/^[0-9]*: \([^ ]*\) *\([^ ]*\) \([^ ]*\) .*/address \1 \3/' | grep -v ' fe80:' | sort
ip rule show | sed 's/^/rule /'
ip route show table all | sed 's/^/route /' | grep -v -e ' fe80' -e 'ff00::/8' | sort
cut -d' ' -f5 /proc/self/mountinfo | sed 's/^/mount /' | sort
find /sys/fs/cgroup -name 'kubepods*' | sed 's/^/cgroup /'
find /run -maxdepth 2 \( -name '*kube*' -o -name '*cali*' -o -name '*containerd*' -o -name 'cni*' -o -name 'nodeagent' \) |
    sed 's/^/run /' | sort
ps -eo comm= | grep -e kube -e etcd -e calico -e containerd -e felix -e coredns -e runc | sed 's/^/process /' | sort
for key in net.ipv4.ip_forward net.ipv4.conf.all.rp_filter net.netfilter.nf_conntrack_max; do
    [ -e "/proc/sys/$(echo $key | tr . /)" ] && echo "parameter $key $(cat "/proc/sys/$(echo $key | tr . /)")"
done
true
