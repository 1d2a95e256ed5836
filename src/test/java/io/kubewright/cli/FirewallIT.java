package io.kubewright.cli;

import static io.kubewright.cli.RealCluster.kubewright;
import static io.kubewright.cli.RealCluster.on;
import static io.kubewright.cli.RealCluster.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.bundle.RealBundle;
import io.kubewright.bundle.RealPackages;
import io.kubewright.lab.Lab;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A host whose firewall admits only SSH, and another that calls it. A machine holds one lab, so none may stand. */
@Order(3)
class FirewallIT {
    private static final String CLOSED = "f1";
    private static final String CALLER = "f2";
    private static final String ADDRESS = "10.76.0.11";

    @TempDir
    private static Path temporary;

    private static boolean raised;

    private static String file(String mode) throws Exception {
        return Files.writeString(temporary.resolve(mode + ".yaml"), """
                        apiVersion: kubewright.io/v1
                        kind: Cluster
                        metadata: {name: firewall}
                        bundle: source
                        acceptUntested: [calico]
                        hosts:
                          - {name: f1, address: 10.76.0.11, roles: [control-plane]}
                          - {name: f2, address: 10.76.0.12, roles: [worker]}
                        endpoint:
                          vip: 10.76.0.200
                        host:
                          firewall: %s
                        """.formatted(mode))
                .toString();
    }

    @BeforeAll
    static void bringsTwoUp() throws Exception {
        RealCluster.requireRoot();
        if (Lab.standing().isPresent()) {
            RealCluster.cannot("a lab stands on this machine: kubewright lab down");
        }
        RealBundle.get();
        raised = true;
        kubewright("lab", "up", "--hosts-only", "-f", file("manage")).done();
        listens();
    }

    @AfterAll
    static void takesThemAway() {
        if (raised) {
            kubewright("lab", "down").done();
        }
    }

    private static void listens() throws Exception {
        on(CLOSED, """
                        cat >/run/listen.py <<'LISTEN'
                        import selectors, socket
                        selector = selectors.DefaultSelector()
                        for port in 6443, 10250, 9999, 4789:
                            kind = socket.SOCK_DGRAM if port == 4789 else socket.SOCK_STREAM
                            listener = socket.socket(socket.AF_INET, kind)
                            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                            listener.bind(('0.0.0.0', port))
                            if kind == socket.SOCK_STREAM:
                                listener.listen(9)
                            selector.register(listener, selectors.EVENT_READ)
                        while True:
                            for key, _ in selector.select():
                                if key.fileobj.type == socket.SOCK_STREAM:
                                    key.fileobj.accept()[0].close()
                                else:
                                    key.fileobj.sendto(b'here', key.fileobj.recvfrom(9)[1])
                        LISTEN
                        systemd-run --quiet --unit listen python3 /run/listen.py
                        """).done();
        on(CLOSED, within(20, "ss -Hltun | grep -q ':4789 '")).done();
    }

    /** Ports of the closed host at which the caller gets an answer. */
    private static String answering() throws Exception {
        String said = on(CALLER, """
                        python3 - <<'CALL'
                        import socket
                        for port in 6443, 10250, 9999, 4789:
                            call = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if port == 4789 else socket.SOCK_STREAM)
                            call.settimeout(1)
                            try:
                                call.connect(('%s', port))
                                if port == 4789:
                                    call.send(b'there')
                                    call.recv(9)
                                print(port)
                            except OSError:
                                pass
                        CALL
                        """.formatted(ADDRESS)).done().out();
        return String.join(" ", new TreeSet<>(said.lines().toList()));
    }

    private static String rules() throws Exception {
        return on(CLOSED, "nft list ruleset").done().out();
    }

    private static void nftables() throws Exception {
        on(CLOSED, """
                        cat >/etc/nftables.conf <<'RULES'
                        #!/usr/sbin/nft -f
                        flush ruleset
                        table inet filter {
                            chain input {
                                type filter hook input priority filter; policy drop;
                                tcp dport 22 accept
                            }
                            chain forward {
                                type filter hook forward priority filter; policy drop;
                            }
                        }
                        RULES
                        systemctl enable --now nftables
                        """).done();
    }

    /** Packages of this machine's archives, since hosts reach none: what a host has already stays as it is. */
    private static void install(String name) throws Exception {
        Path archive = temporary.resolve(name + ".tar");
        List<String> line = new ArrayList<>(List.of("tar", "-cf", archive.toString()));
        for (Path file : RealPackages.fetch(name)) {
            line.addAll(List.of(
                    "-C", file.getParent().toString(), file.getFileName().toString()));
        }
        assertThat(new ProcessBuilder(line).inheritIO().start().waitFor()).isZero();
        Process process = RealCluster.builder("lab", "ssh", CLOSED, "--", """
                        set -e
                        mkdir /var/tmp/debs
                        cd /var/tmp/debs
                        tar -xf -
                        for deb in *.deb; do
                            if dpkg -s "$(dpkg-deb -f "$deb" Package)" >/dev/null 2>&1; then rm "$deb"; fi
                        done
                        DEBIAN_FRONTEND=noninteractive dpkg --install *.deb
                        rm -rf /var/tmp/debs
                        """)
                .redirectInput(archive.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    /** Firewalls that are told rules one by one. */
    enum Added {
        UFW(
                "ufw allow 22/tcp && ufw --force enable",
                "ufw reload",
                "cat /etc/ufw/user.rules /etc/ufw/user6.rules && iptables -S && ip6tables -S",
                "ufw --force disable && systemctl disable --now ufw"),
        // What a zone admits at run time only must outlive all that is told.
        FIREWALLD(
                "systemctl enable --now firewalld && firewall-cmd --add-port=9998/tcp",
                "systemctl reload firewalld && firewall-cmd --add-port=9998/tcp",
                "firewall-cmd --list-all-zones && cd /etc/firewalld && find . -type f -exec sha256sum {} + | sort",
                "systemctl disable --now firewalld");

        private final String on;
        private final String reload;
        private final String state;
        private final String off;

        Added(String on, String reload, String state, String off) {
            this.on = on;
            this.reload = reload;
            this.state = state;
            this.off = off;
        }

        private String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @ParameterizedTest
    @EnumSource
    void isToldWhatKubernetesNeedsAndForgetsIt(Added firewall) throws Exception {
        install(firewall.word());
        on(CLOSED, firewall.on).done();
        try {
            String before = on(CLOSED, firewall.state).done().out();
            assertThat(answering()).isEmpty();

            RealCluster.Result checked = kubewright("plan", "--only", "host", "-f", file("check"));
            assertThat(checked.code())
                    .as("%s%n%s", checked.out(), checked.err())
                    .isEqualTo(3);
            assertThat(checked.out())
                    .contains("host/firewall@f1", firewall.word() + " does not let through tcp/6443; ");

            String file = file("manage");
            kubewright("apply", "--yes", "--only", "host", "-f", file).done();
            assertThat(answering()).isEqualTo("10250 4789 6443");
            assertThat(kubewright("plan", "--only", "host", "-f", file).code()).isZero();
            assertThat(kubewright("plan", "--only", "host", "-f", file("check")).code())
                    .as("what was opened is seen to be open")
                    .isZero();

            on(CLOSED, firewall.reload).done();
            assertThat(answering()).as("reloaded").isEqualTo("10250 4789 6443");
            assertThat(kubewright("plan", "--only", "host", "-f", file).code()).isZero();

            kubewright("undo", "host/firewall", "--yes", "-f", file).done();
            assertThat(on(CLOSED, firewall.state).done().out()).isEqualTo(before);
            assertThat(answering()).isEmpty();

            kubewright("apply", "--yes", "--only", "host", "-f", file).done();
            kubewright("lab", "reboot", CLOSED).done();
            listens();
            assertThat(answering()).as("after a boot").isEqualTo("10250 4789 6443");
            kubewright("undo", "host/firewall", "--yes", "-f", file).done();
            assertThat(answering()).isEmpty();
        } finally {
            on(CLOSED, firewall.off).done();
        }
    }

    @Test
    void isOpenedForKubernetesAloneAndClosedAgain() throws Exception {
        nftables();
        String before = rules();
        assertThat(answering()).isEmpty();

        RealCluster.Result checked = kubewright("plan", "--only", "host", "-f", file("check"));
        assertThat(checked.code()).as("%s%n%s", checked.out(), checked.err()).isEqualTo(3);
        assertThat(checked.out())
                .contains("host/firewall@f1", "nftables does not let through tcp/6443; ")
                .contains(
                        "tcp/10250 from 10.76.0.11, 10.76.0.12", "sends to itself (lo)", "everything from and to pods");
        assertThat(rules()).isEqualTo(before);

        String file = file("manage");
        kubewright("apply", "--yes", "--only", "host", "-f", file).done();
        assertThat(answering()).isEqualTo("10250 4789 6443");
        assertThat(kubewright("plan", "--only", "host", "-f", file).code()).isZero();
        assertThat(kubewright("plan", "--only", "host", "-f", file("check")).code())
                .as("what was opened is seen to be open")
                .isZero();

        for (String verb : new String[] {"reload", "restart"}) {
            on(CLOSED, "systemctl " + verb + " nftables").done();
            assertThat(answering()).as(verb).isEqualTo("10250 4789 6443");
        }
        on(CLOSED, "nft -f /etc/nftables.conf").done();
        assertThat(answering()).as("behind systemd's back").isEmpty();
        assertThat(kubewright("plan", "--only", "host", "-f", file).out()).contains("closed: inet filter input");
        kubewright("lab", "reboot", CLOSED).done();
        listens();
        assertThat(answering()).as("after a boot").isEqualTo("10250 4789 6443");

        kubewright("undo", "host/firewall", "--yes", "-f", file).done();
        assertThat(rules()).isEqualTo(before);
        assertThat(answering()).isEmpty();
        assertThat(on(CLOSED, "ls -dA /etc/systemd/system/* /etc/* /usr/local/sbin/*")
                        .out())
                .doesNotContain("kubewright-firewall", "/etc/kubewright\n", "nftables.service.wants");
        on(CLOSED, "systemctl disable --now nftables && nft flush ruleset").done();
    }
}
