echo == attached
if [ -e /etc/cni/net.d/00-multus.conf ]; then echo yes; fi
echo == vendor
if ! systemd-detect-virt --quiet --container; then
    cat /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/product_name 2>/dev/null || :
fi
echo == links
"$probe" segments "$@"
