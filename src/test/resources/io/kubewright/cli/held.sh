# Puts programs in front of sync, dpkg and dpkg-query that can be told to wait: /run/held/at names in its lines the program,
# words of its call, and words that the last line of the host's journal must have. It goes on when that file is gone.
mkdir -p /run/held/real
for program in sync dpkg dpkg-query; do
    cp -a "/usr/bin/$program" /run/held/real/
    cat >"/run/held/$program" <<HELD
#!/bin/sh
if [ -e /run/held/at ]; then
    { read -r program; read -r words; read -r last; } </run/held/at
    case "$program:\$*" in
        "\$program:"*"\$words"*)
            if [ -z "\$last" ] || tail -n 1 /var/lib/kubewright/journal | grep -qF "\$last"; then
                echo \$\$ >/run/held/reached.new
                mv /run/held/reached.new /run/held/reached
                while [ -e /run/held/at ]; do sleep 0.05; done
            fi
            ;;
    esac
fi
exec /run/held/real/$program "\$@"
HELD
    chmod 755 "/run/held/$program"
    mount --bind "/run/held/$program" "/usr/bin/$program"
done
