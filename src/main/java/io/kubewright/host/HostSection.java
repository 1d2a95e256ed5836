package io.kubewright.host;

import io.kubewright.spec.Cidr;
import io.kubewright.spec.Code;
import io.kubewright.spec.Fields;
import io.kubewright.spec.Fields.Item;
import io.kubewright.spec.Names;
import io.kubewright.spec.Pointer;
import io.kubewright.spec.SectionSchema;
import java.net.URI;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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

    /** This section's part of the file's schema. */
    public static final SectionSchema SCHEMA = SectionSchema.of("host", HostSection.class);

    /** Kubernetes does not work when one of these is anything but 1. */
    private static final Set<String> MUST_BE_ONE =
            Set.of("net.ipv4.ip_forward", "net.bridge.bridge-nf-call-iptables", "net.bridge.bridge-nf-call-ip6tables");

    public static HostSection read(Fields fields) {
        Fields sysctl = fields.section("sysctl");
        Map<String, String> extra = sysctl.textMap("extra");
        extra.forEach((name, value) -> checkSysctl(sysctl, sysctl.at("extra").child(name), name, value));
        return new HostSection(
                fields.choice("swap", Swap.class),
                sysctl.choice("tier", SysctlTier.class),
                Collections.unmodifiableMap(extra),
                Item.values(fields.section("time").parsedAll("servers", Code.BAD_NAME, Names::dnsOrAddress)),
                proxy(fields.section("proxy")),
                fields.choice("firewall", Firewall.class));
    }

    private static void checkSysctl(Fields sysctl, Pointer place, String name, String value) {
        if (!name.matches("[a-z][a-z0-9_-]*([./][A-Za-z0-9_:-]+)+")) {
            sysctl.reject(Code.BAD_NAME, place, "'" + name + "' is not the name of a kernel parameter", "");
        } else if (!value.matches("[\\x20-\\x7e\\t]+")) {
            sysctl.reject(Code.BAD_FORMAT, place, "a kernel parameter is one line of plain text", "");
        } else if (MUST_BE_ONE.contains(name.replace('/', '.')) && !value.trim().equals("1")) {
            sysctl.reject(
                    Code.CONFLICT,
                    place,
                    "Kubernetes does not work with " + name + " = " + value + ": pods could not reach each other",
                    "remove it; it is set to 1");
        }
    }

    private static Proxy proxy(Fields fields) {
        Proxy proxy = new Proxy(
                fields.parsed("http", Code.BAD_URL, text -> url(fields, "http", text)),
                fields.parsed("https", Code.BAD_URL, text -> url(fields, "https", text)),
                Item.values(fields.parsedAll("no", Code.BAD_NAME, HostSection::withoutProxy)));
        if (!proxy.no().isEmpty()
                && fields.text("http").isEmpty()
                && fields.text("https").isEmpty()) {
            fields.reject(
                    Code.CONFLICT,
                    "no",
                    "these are reached without a proxy, but there is none",
                    "add http: or https: with the URL of the proxy, or remove no:");
        }
        return proxy;
    }

    private static String url(Fields fields, String key, String text) {
        URI url;
        try {
            url = URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "' is not a URL", e);
        }
        if (!List.of("http", "https").contains(String.valueOf(url.getScheme())) || url.getHost() == null) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not the URL of a proxy: write http://HOST:PORT or https://HOST:PORT");
        }
        if (url.getUserInfo() != null) {
            fields.reject(
                    Code.SECRET_IN_FILE,
                    key,
                    "the proxy's URL has a user or password in it, which would stand in this file and on every host",
                    "let the proxy admit the hosts by their addresses");
        }
        return text;
    }

    private static String withoutProxy(String text) {
        if (text.indexOf('/') >= 0) {
            return Cidr.parse(text).toString();
        }
        Names.dnsOrAddress(text.startsWith("*.") ? text.substring(2) : text.startsWith(".") ? text.substring(1) : text);
        return text;
    }
}
