package io.kubewright.kubeapi.proof;

import java.time.Duration;

/**
 * One thing for the probe to try. First it tries until an exchange goes through (or, {@code until} "closed", until two in
 * a row do not), then it makes {@code count} further ones. Bounded in time whatever the network does.
 *
 * @param id names the outcome
 * @param kind udp, tcp, connect, http, https or dns
 * @param address HOST:PORT, a URL for http and https, a name to look up for dns
 * @param payload what udp and tcp send and must get back
 * @param until open or closed
 * @param timeoutMillis of one exchange
 * @param deadlineMillis of the trying
 * @param server for dns: HOST:PORT, or empty for the first of resolv.conf
 * @param authority for https: file on the host with the certificates to trust
 * @param certificate for https: file on the host with certificate and key, or empty
 */
public record Task(
        String id,
        String kind,
        String address,
        String payload,
        int count,
        String until,
        long timeoutMillis,
        long deadlineMillis,
        String server,
        String authority,
        String certificate) {
    /** A busy host answers late; what is to be told is whether packets arrive, not how fast. */
    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    private static final Duration DEADLINE = Duration.ofSeconds(10);

    /** Sends a line over udp or tcp that must come back behind the name of the server. */
    public static Task echo(String id, String kind, String address, String payload, int count) {
        return new Task(id, kind, address, payload, count, "open", TIMEOUT.toMillis(), DEADLINE.toMillis(), "", "", "");
    }

    /** Opens a TCP connection to a server that speaks another language. */
    public static Task connect(String id, String address) {
        return new Task(id, "connect", address, "", 0, "open", TIMEOUT.toMillis(), DEADLINE.toMillis(), "", "", "");
    }

    /** Looks up the IPv4 addresses of a name; an answer such as NXDOMAIN is an answer. */
    public static Task lookUp(String id, String name) {
        // A query to a name server that does not answer is put again, to another one if chance will.
        return new Task(id, "dns", name, "", 0, "open", 1500, 12_000, "", "", "");
    }

    /** Gets a URL, trusting only the given authority. */
    public static Task https(String id, String url, String authority, String certificate) {
        return new Task(id, "https", url, "", 0, "open", 3000, 6000, "", authority, certificate);
    }

    public Task within(Duration timeout, Duration deadline) {
        return new Task(
                id,
                kind,
                address,
                payload,
                count,
                until,
                timeout.toMillis(),
                deadline.toMillis(),
                server,
                authority,
                certificate);
    }

    public Task untilClosed() {
        return new Task(
                id,
                kind,
                address,
                payload,
                count,
                "closed",
                timeoutMillis,
                deadlineMillis,
                server,
                authority,
                certificate);
    }

    /** HOST:PORT, an IPv6 host in brackets. */
    public static String at(String host, int port) {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /** An upper bound of the time it takes. */
    Duration limit() {
        long rounds = (count + 7L) / 8;
        return Duration.ofMillis(deadlineMillis + 2 * timeoutMillis + rounds * timeoutMillis);
    }
}
