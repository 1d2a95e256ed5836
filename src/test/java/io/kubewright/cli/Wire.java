package io.kubewright.cli;

import static io.kubewright.cli.RealCluster.HOSTS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A second network of the lab's hosts, a bridge of its own beside the lab's with a link of each host. The last host's link
 * has another name than the others'.
 */
final class Wire implements AutoCloseable {
    static final String NETWORK = "10.79.0.0/24";
    static final String ODD = HOSTS.getLast();

    private static final String SWITCH = "kwlab-switch";
    private static final String BRIDGE = "kwlab-wire";

    private Wire() {}

    static Wire laid() throws IOException, InterruptedException {
        Wire wire = new Wire();
        wire.close();
        ip("-n", SWITCH, "link", "add", BRIDGE, "type", "bridge");
        ip("-n", SWITCH, "link", "set", BRIDGE, "up");
        for (String host : HOSTS) {
            String space = "kwlab-" + host;
            ip(
                    "-n",
                    SWITCH,
                    "link",
                    "add",
                    port(host),
                    "type",
                    "veth",
                    "peer",
                    "name",
                    link(host),
                    "address",
                    mac(host),
                    "netns",
                    space);
            ip("-n", SWITCH, "link", "set", port(host), "master", BRIDGE, "up");
            ip("-n", space, "address", "add", "10.79.0.1" + host.substring(1) + "/24", "dev", link(host));
            ip("-n", space, "link", "set", link(host), "up");
        }
        return wire;
    }

    /** Its name on the host. */
    static String link(String host) {
        return host.equals(ODD) ? "lan0" : "eth1";
    }

    private static String port(String host) {
        return "kwlab-w" + host.substring(1);
    }

    private static String mac(String host) {
        return "02:4b:0a:4f:00:0" + host.substring(1);
    }

    /** A port of the lab's own bridge that lets in the one MAC address that the host's link has. */
    record Port(String port, String mac) implements AutoCloseable {
        static Port secured(String host) throws IOException, InterruptedException {
            Port secured = new Port(
                    "kwlab-" + host.substring(1),
                    "02:4b:0a:4d:00:%02x".formatted(10 + Integer.parseInt(host.substring(1))));
            secure(secured.port(), secured.mac());
            return secured;
        }

        @Override
        public void close() throws IOException, InterruptedException {
            unsecure(port, mac);
        }
    }

    private static void secure(String port, String mac) throws IOException, InterruptedException {
        inSwitch("bridge", "fdb", "replace", mac, "dev", port, "master", "static");
        ip("-n", SWITCH, "link", "set", "dev", port, "type", "bridge_slave", "learning", "off", "locked", "on");
    }

    private static void unsecure(String port, String mac) throws IOException, InterruptedException {
        ip("-n", SWITCH, "link", "set", "dev", port, "type", "bridge_slave", "learning", "on", "locked", "off");
        inSwitch("bridge", "fdb", "del", mac, "dev", port, "master", "static");
    }

    /** What can be wrong with it. */
    enum Fault {
        LINK_DOWN {
            @Override
            void make(String host) throws Exception {
                ip("-n", "kwlab-" + host, "link", "set", link(host), "down");
            }

            @Override
            void cure(String host) throws Exception {
                ip("-n", "kwlab-" + host, "link", "set", link(host), "up");
            }
        },

        NO_CARRIER {
            @Override
            void make(String host) throws Exception {
                ip("-n", SWITCH, "link", "set", port(host), "down");
            }

            @Override
            void cure(String host) throws Exception {
                ip("-n", SWITCH, "link", "set", port(host), "up");
            }
        },

        /** A switch that forwards to addresses and to everybody, and to no group. */
        GROUPS_DROPPED {
            @Override
            void make(String host) throws Exception {
                ip("-n", SWITCH, "link", "set", "dev", BRIDGE, "type", "bridge", "mcast_snooping", "0");
                flood("off");
            }

            @Override
            void cure(String host) throws Exception {
                flood("on");
            }

            private void flood(String state) throws Exception {
                for (String each : HOSTS) {
                    ip("-n", SWITCH, "link", "set", "dev", port(each), "type", "bridge_slave", "mcast_flood", state);
                }
            }
        },

        /** One port lets in the one MAC address that it knows. */
        PORT_SECURITY {
            @Override
            void make(String host) throws Exception {
                secure(port(host), mac(host));
            }

            @Override
            void cure(String host) throws Exception {
                unsecure(port(host), mac(host));
            }
        };

        abstract void make(String host) throws Exception;

        abstract void cure(String host) throws Exception;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        for (String host : HOSTS) {
            command(List.of("ip", "-n", SWITCH, "link", "delete", port(host)));
        }
        command(List.of("ip", "-n", SWITCH, "link", "delete", BRIDGE));
    }

    private static void inSwitch(String... words) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("ip", "netns", "exec", SWITCH));
        line.addAll(List.of(words));
        done(line);
    }

    private static void ip(String... words) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("ip"));
        line.addAll(List.of(words));
        done(line);
    }

    private static void done(List<String> line) throws IOException, InterruptedException {
        RealCluster.Result result = command(line);
        assertThat(result.code()).as("%s: %s", line, result.out()).isZero();
    }

    private static RealCluster.Result command(List<String> line) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .directory(Path.of("/").toFile())
                .start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new RealCluster.Result(process.waitFor(), out, "");
    }
}
