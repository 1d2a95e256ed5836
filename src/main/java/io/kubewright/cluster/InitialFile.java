package io.kubewright.cluster;

import io.kubewright.cluster.HostReport.Link;
import io.kubewright.spec.IpAddress;
import io.kubewright.spec.Names;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The commented cluster file that {@code init} proposes. */
final class InitialFile {
    /** kubeadm refuses a control plane with less than 1700 MB. */
    private static final int LEAST_MEBIBYTES = 1700;

    private final List<HostReport> reports;
    private final StringBuilder text = new StringBuilder();

    private InitialFile(List<HostReport> reports) {
        this.reports = reports;
    }

    /**
     * The file's text.
     *
     * @param vip what to propose for the endpoint
     * @param checked whether nobody answered for it
     */
    static String render(List<HostReport> reports, Optional<IpAddress> vip, boolean checked) {
        InitialFile file = new InitialFile(reports);
        file.head();
        file.ssh();
        file.hosts();
        file.endpoint(vip, checked);
        file.rest();
        return file.text.toString();
    }

    private void head() {
        text.append("""
                # Written by kubewright init from what the hosts report. Read it through before you use it;
                # docs/reference/file.md has every key and its default.
                apiVersion: kubewright.io/v1
                kind: Cluster
                metadata: {name: cluster}

                # Where everything that is installed comes from: upstream | source | a directory.
                bundle: upstream

                """);
    }

    private void ssh() {
        Optional<String> user = commonUser();
        text.append("# Defaults for all hosts; a host may override any of them under its own ssh:.\n");
        text.append("# A password is asked for when sudo wants one, and never written here.\n");
        if (user.isPresent()) {
            text.append("ssh: {user: ").append(word(user.get())).append("}\n\n");
        } else {
            text.append("ssh: {}\n\n");
        }
    }

    /** The user of all hosts when it is one. */
    private Optional<String> commonUser() {
        List<Optional<String>> users =
                reports.stream().map(report -> report.given().user()).distinct().toList();
        return users.size() == 1 ? users.getFirst() : Optional.empty();
    }

    private void hosts() {
        text.append("# Control planes hold etcd, which needs a majority: one or three of them, never two.\n");
        text.append("hosts:\n");
        List<String> names = names();
        for (int i = 0; i < reports.size(); i++) {
            host(reports.get(i), names.get(i), roles(i, reports.size()));
        }
        text.append('\n');
    }

    private void host(HostReport report, String name, String roles) {
        text.append("  # ").append(comment(report)).append('\n');
        if (report.memoryMebibytes() > 0 && report.memoryMebibytes() < LEAST_MEBIBYTES) {
            text.append("  # Too little memory: kubeadm wants 1700 MB on a control plane.\n");
        }
        text.append("  - name: ").append(word(name)).append('\n');
        text.append("    address: ").append(word(report.given().host())).append('\n');
        report.link()
                .map(link -> link.address().toString())
                .filter(address -> !address.equals(report.given().host()))
                .ifPresent(address ->
                        text.append("    nodeIp: ").append(word(address)).append('\n'));
        text.append("    roles: [").append(roles).append("]\n");
        List<String> ssh = new ArrayList<>();
        report.given().user().filter(_ -> commonUser().isEmpty()).ifPresent(user -> ssh.add("user: " + word(user)));
        report.given().port().ifPresent(port -> ssh.add("port: " + port));
        if (!ssh.isEmpty()) {
            text.append("    ssh: {").append(String.join(", ", ssh)).append("}\n");
        }
    }

    private static String comment(HostReport report) {
        String machine = Stream.of(
                        report.system().isEmpty() ? "unknown system" : report.system(),
                        report.architecture(),
                        report.processors() + (report.processors() == 1 ? " processor" : " processors"),
                        report.memoryMebibytes() + " MiB",
                        report.link().map(InitialFile::words).orElse("no address of its own found"))
                .filter(part -> !part.isEmpty())
                .reduce((a, b) -> a + ", " + b)
                .orElseThrow();
        return machine.replaceAll("[^\\x20-\\x7e]", "?");
    }

    private static String words(Link link) {
        return link.name() + " " + link.address() + "/" + link.prefix();
    }

    /** Their own host names where those are usable and differ, else n1, n2 … for all. */
    private List<String> names() {
        Set<String> seen = new HashSet<>();
        List<String> names = new ArrayList<>();
        for (HostReport report : reports) {
            String name = report.hostname();
            boolean usable;
            try {
                usable = seen.add(Names.node(name)) && !name.equals("localhost");
            } catch (IllegalArgumentException e) {
                usable = false;
            }
            if (!usable) {
                return Stream.iterate(1, number -> number + 1)
                        .limit(reports.size())
                        .map(number -> "n" + number)
                        .toList();
            }
            names.add(name);
        }
        return names;
    }

    private static String roles(int index, int count) {
        int controlPlanes = count < 3 ? 1 : 3;
        boolean controlPlane = index < controlPlanes;
        boolean worker = !controlPlane || count == controlPlanes;
        return controlPlane ? worker ? "control-plane, worker" : "control-plane" : "worker";
    }

    private void endpoint(Optional<IpAddress> vip, boolean checked) {
        text.append("endpoint:\n");
        text.append(
                "  # The control planes hold this address in turn; it goes into every certificate and kubeconfig.\n");
        if (vip.isPresent()) {
            text.append(
                    checked
                            ? "  # Nobody answered for it when this was written; see that DHCP does not hand it out either.\n"
                            : "  # NOT CHECKED: take an address of the control planes' network that nothing else uses.\n");
            text.append("  vip: ").append(word(vip.get().toString())).append('\n');
        } else {
            text.append("  # No free address was found: put one of the control planes' network here.\n");
            text.append("  # vip: ADDRESS\n");
        }
        text.append("  # external: HOST:PORT            # instead of vip: a load balancer of yours\n");
        text.append("  # names: [api.example.com]       # further names in the API certificate\n\n");
    }

    private void rest() {
        text.append("""
                # What follows are defaults: they are here to be changed.
                # kubernetes:
                #   podCidr: [10.244.0.0/16]
                #   serviceCidr: [10.96.0.0/16]
                # host:
                #   swap: off                      # off | keep
                #   sysctl: {tier: required}       # required | throughput
                # network:
                #   calico: {encapsulation: VXLAN, mtu: auto}
                """);
    }

    /** A YAML scalar that reads back as this text. */
    private static String word(String value) {
        boolean plain = value.matches("[A-Za-z][A-Za-z0-9_./-]*|[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+")
                && !value.matches("(?i)true|false|null|yes|no|on|off");
        return plain ? value : "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
