package io.kubewright.engine.resource;

import io.kubewright.engine.Shell;
import java.util.List;

/**
 * A systemd unit that is switched on.
 *
 * @param unit with suffix, such as {@code containerd.service}
 * @param started whether we start it; false leaves that to another (kubeadm starts the kubelet)
 */
public record Service(String unit, boolean started) {
    /** What {@link #probe} prints once the service is as wanted. */
    public String state() {
        return "service " + unit + " enabled" + (started ? " active" : "") + "\n";
    }

    /** Fragment that says {@code outdated} of a service that runs since before one of its files was last written. */
    public String probe(List<String> files) {
        return """
                enabled=$(systemctl is-enabled %1$s 2>/dev/null || :)
                case $enabled in
                '' | not-found) ;;
                *)
                    active=$(systemctl is-active %1$s || :)
                    since=$(systemctl show --timestamp=unix -p ActiveEnterTimestamp --value %1$s)
                    since=${since#@}
                    written=$(stat -c %%Y %2$s 2>/dev/null | sort -n | tail -n 1)
                    late=
                    if [ "$active" = active ] && [ "${written:-0}" -gt "${since:-0}" ]; then late=' outdated'; fi
                    echo "service "%1$s" $enabled%3$s$late"
                    ;;
                esac
                """.formatted(Shell.quote(unit), Shell.words(files), started ? " $active" : "");
    }

    String apply() {
        String name = Shell.quote(unit);
        String common = "systemctl daemon-reload\nsystemctl enable --quiet " + name + "\n";
        return common
                + (started
                        ? "systemctl restart %1$s\nkw_wait 60 systemctl is-active --quiet %1$s\n".formatted(name)
                        : "systemctl try-restart " + name + "\n");
    }

    String undo() {
        return "systemctl disable --now --quiet " + Shell.quote(unit) + " || :\n";
    }
}
