package io.kubewright.host;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How every host is prepared.
 *
 * @param sysctlExtra further kernel parameters, name to value
 * @param timeServers NTP servers; empty leaves the host's own
 */
public record HostSection(
        Swap swap,
        SysctlTier sysctlTier,
        Map<String, String> sysctlExtra,
        List<String> timeServers,
        Proxy proxy,
        Firewall firewall) {
    /** Whether swap is switched off. */
    public enum Swap {
        OFF,
        KEEP
    }

    /** Which of the sysctl tables is set; throughput includes required. */
    public enum SysctlTier {
        REQUIRED,
        THROUGHPUT
    }

    /** What is done about a firewall on the hosts. */
    public enum Firewall {
        MANAGE,
        CHECK,
        IGNORE
    }

    /** HTTP proxies as URLs, and what is reached without them. */
    public record Proxy(Optional<String> http, Optional<String> https, List<String> no) {}
}
