package io.kubewright.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.engine.HostFacts;
import io.kubewright.engine.Refusal;
import io.kubewright.engine.StepId;
import io.kubewright.engine.resource.HostDirectory;
import io.kubewright.spec.AddressRange;
import io.kubewright.spec.Become;
import io.kubewright.spec.Cidr;
import io.kubewright.spec.Host;
import io.kubewright.spec.IpAddress;
import io.kubewright.spec.Pointer;
import io.kubewright.spec.Port;
import io.kubewright.spec.Role;
import io.kubewright.spec.SshSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Firewalls as rules tell of them; {@code host/firewall/README.md} says where the rule sets come from. FirewallIT has a real one.
 */
class FirewallTest {
    private static final Path RECORDED = Path.of("src/test/resources/io/kubewright/host/firewall");
    static final List<Port> PORTS = List.of(
            port("tcp", 6443, 6443, Port.On.CONTROL_PLANES, Port.From.ANYONE),
            port("tcp", 2379, 2380, Port.On.CONTROL_PLANES, Port.From.CONTROL_PLANES),
            port("tcp", 10250, 10250, Port.On.NODES, Port.From.NODES),
            port("udp", 4789, 4789, Port.On.NODES, Port.From.NODES));
    static final List<Host> HOSTS =
            List.of(host("n1", "10.77.0.11", Role.CONTROL_PLANE), host("n2", "10.77.0.12", Role.WORKER));
    static final List<Cidr> PODS = List.of(Cidr.parse("10.244.0.0/16"), Cidr.parse("fd00:10:244::/56"));
    static final StepId ID = StepId.parse("host/firewall@n1");

    @TempDir
    private Path directory;

    private HostDirectory host;

    @BeforeEach
    void makeHost() throws IOException {
        host = new HostDirectory(directory.toRealPath());
    }

    private static Port port(String transport, int first, int last, Port.On on, Port.From from) {
        return new Port(
                transport.equals("tcp") ? Port.Transport.TCP : Port.Transport.UDP,
                first,
                last,
                on,
                from,
                Optional.empty(),
                "why",
                "source");
    }

    static Host host(String name, String address, Role role) {
        return new Host(
                name,
                address,
                IpAddress.parse(address),
                Optional.empty(),
                Set.of(role),
                Map.of(),
                List.of(),
                new SshSettings(
                        Optional.empty(),
                        Become.NONE,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                Pointer.ROOT);
    }

    private static HostFacts facts(String firewall) {
        return new HostFacts(
                "n1",
                "n1",
                "debian",
                "13",
                "amd64",
                "6.12.1",
                2,
                4L << 30,
                2,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                "m1",
                Optional.empty(),
                Optional.of(firewall).filter(each -> !each.isEmpty()),
                Optional.of("apt-get"),
                List.of(),
                Map.of());
    }

    static String recorded(String file) throws IOException {
        return Files.readString(RECORDED.resolve(file));
    }

    private static FirewallRules rules(String file) throws IOException {
        return switch (file) {
            case "ufw" -> UfwRules.parse(recorded("ufw.txt"));
            case "firewalld", "firewalld-rocky-9.2" -> FirewalldRules.parse(recorded(file + ".txt"));
            default -> NftRules.parse(recorded(file + ".txt"));
        };
    }

    @ParameterizedTest
    @CsvSource({
        "server, tcp, 22, 22, , eth0, OPEN",
        "server, tcp, 30000, 32767, , eth0, OPEN",
        "server, tcp, 29999, 32767, , eth0, UNKNOWN",
        "server, tcp, 2379, 2380, 10.77.0.12, eth0, CLOSED",
        "server, tcp, 10250, 10250, 10.77.0.12, eth0, OPEN",
        "server, tcp, 10250, 10250, 10.77.0.16, eth0, CLOSED",
        "server, tcp, 10250, 10250, fd00::12, eth0, CLOSED",
        "server, tcp, 6443, 6443, , eth0, UNKNOWN",
        "server, udp, 4789, 4789, 10.77.0.12, eth0, OPEN",
        "server, udp, 4789, 4789, 10.77.0.12, eth1, CLOSED",
        "server, udp, 4789, 4789, 10.77.0.12, , UNKNOWN",
        "server, udp, 4789, 4789, 10.78.0.12, eth0, CLOSED",
        "workstation, tcp, 6443, 6443, , eth0, CLOSED",
        "iptables, tcp, 22, 22, , eth0, OPEN",
        "iptables, tcp, 6443, 6443, , eth0, OPEN",
        "iptables, tcp, 30000, 32767, , eth0, OPEN",
        "iptables, tcp, 10250, 10250, 10.77.0.12, eth0, OPEN",
        "iptables, tcp, 10250, 10250, 10.77.0.13, eth0, CLOSED",
        "iptables, udp, 4789, 4789, 10.77.0.13, eth0, UNKNOWN",
        "ufw, tcp, 22, 22, , eth0, OPEN",
        "ufw, tcp, 6443, 6443, , eth0, UNKNOWN",
        "ufw, tcp, 10250, 10250, 10.77.0.12, eth0, OPEN",
        "ufw, tcp, 10250, 10250, 10.77.0.13, eth0, CLOSED",
        "ufw, udp, 4789, 4789, 10.77.0.13, eth0, OPEN",
        "ufw, udp, 4789, 4789, 10.77.0.13, eth1, CLOSED",
        "ufw, tcp, 30000, 32767, , eth0, OPEN",
        "ufw, tcp, 30000, 32768, , eth0, CLOSED",
        "firewalld, tcp, 6443, 6443, , eth0, OPEN",
        "firewalld, tcp, 6443, 6443, , eth9, OPEN",
        "firewalld, tcp, 6443, 6443, 10.77.0.12, eth0, CLOSED",
        "firewalld, tcp, 10250, 10250, 10.77.0.12, eth0, OPEN",
        "firewalld, tcp, 2379, 2380, 10.77.0.12, eth0, OPEN",
        "firewalld, tcp, 10250, 10250, 10.77.0.13, eth0, CLOSED",
        "firewalld, udp, 4789, 4789, 10.244.1.1, eth0, OPEN",
        "firewalld-rocky-9.2, tcp, 22, 22, , eno1, OPEN",
        "firewalld-rocky-9.2, tcp, 6443, 6443, , eno1, OPEN",
        "firewalld-rocky-9.2, tcp, 2379, 2380, 10.77.0.12, eno1, OPEN",
        "firewalld-rocky-9.2, tcp, 10257, 10257, 10.77.0.12, eno1, CLOSED",
        "firewalld-rocky-9.2, udp, 4789, 4789, 10.77.0.12, eno1, CLOSED",
    })
    void rulesTellWhatGetsThrough(
            String file, String transport, int first, int last, String from, String link, FirewallRules.Verdict verdict)
            throws IOException {
        Packet packet = new Packet(
                false,
                Optional.of(port(transport, first, last, Port.On.NODES, Port.From.NODES)),
                Optional.ofNullable(from).map(IpAddress::parse).map(AddressRange::of),
                Optional.empty(),
                Optional.ofNullable(link));

        assertThat(rules(file).verdict(packet)).isEqualTo(verdict);
    }

    @Test
    void severalRulesOpenARangeAndOneClosesIt() {
        String end = " 0.0.0.0/0 any 0.0.0.0/0 in\n";
        String defaults = "default input DROP\ndefault forward DROP\n";
        Packet etcd = new Packet(
                false,
                Optional.of(port("tcp", 2379, 2380, Port.On.CONTROL_PLANES, Port.From.CONTROL_PLANES)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        assertThat(UfwRules.parse(defaults + "tuple allow tcp 2379" + end + "tuple allow tcp 2380" + end)
                        .verdict(etcd))
                .isEqualTo(FirewallRules.Verdict.OPEN);
        assertThat(UfwRules.parse(defaults + "tuple deny tcp 2380" + end + "tuple allow tcp 2379:2380" + end)
                        .verdict(etcd))
                .isEqualTo(FirewallRules.Verdict.CLOSED);
    }

    @ParameterizedTest
    @CsvSource({"server, CLOSED", "workstation, OPEN", "iptables, UNKNOWN", "ufw, UNKNOWN", "firewalld, UNKNOWN"})
    void whatPodsSendIsPassedOn(String file, FirewallRules.Verdict verdict) throws IOException {
        Packet packet = new Packet(
                true,
                Optional.empty(),
                Optional.of(PODS.getFirst().range()),
                Optional.empty(),
                Optional.of("vxlan.calico"));

        assertThat(rules(file).verdict(packet)).isEqualTo(verdict);
    }

    @ParameterizedTest
    @ValueSource(strings = {"server", "workstation", "iptables", "ufw", "firewalld"})
    void theseLetInWhatTheHostSendsToItself(String file) throws IOException {
        Packet packet = new Packet(
                false,
                Optional.empty(),
                Optional.of(AddressRange.of(IpAddress.parse("127.0.0.1"))),
                Optional.empty(),
                Optional.of("lo"));

        assertThat(rules(file).verdict(packet)).isEqualTo(FirewallRules.Verdict.OPEN);
    }

    @Test
    void withoutRulesEverythingGetsThrough() {
        CheckedFirewall firewall = checked("", false);
        assertThat(firewall.desired("")).isEmpty();
        assertThat(firewall.refusal("")).isEmpty();
    }

    private static CheckedFirewall checked(String kind, boolean open) {
        return new CheckedFirewall(
                ID,
                Set.of(),
                Passages.of(HOSTS.getFirst(), HOSTS, PORTS, PODS),
                Optional.of("eth0"),
                facts(kind),
                open);
    }

    @Test
    void closedPortsAreRefusedByName() throws IOException {
        host.file("/etc/default/ufw", "DEFAULT_INPUT_POLICY=\"DROP\"\nDEFAULT_FORWARD_POLICY=\"DROP\"\n");
        host.file("/etc/ufw/user.rules", recorded("ufw.txt").replace("tuple ", "### tuple ### "));
        host.file("/etc/ufw/user6.rules", "");

        CheckedFirewall firewall = checked("ufw", false);
        String observed = host.probe(firewall);

        assertThat(observed).isEqualTo(recorded("ufw.txt"));
        assertThat(firewall.desired(observed)).endsWith("must let through: tcp/10250 from 10.77.0.11\n");
        Refusal refusal = firewall.refusal(observed).orElseThrow();
        assertThat(refusal.reason())
                .startsWith(
                        "ufw does not let through tcp/2379-2380 from 10.77.0.11; tcp/10250 from 10.77.0.11. Of tcp/6443;"
                                + " everything from and to pods (10.244.0.0/16)")
                .endsWith("its rules do not tell; only a real connection would");
        assertThat(checked("iptables", true)
                        .refusal(recorded("iptables.txt"))
                        .orElseThrow()
                        .reason())
                .as("to be opened, and we do not")
                .contains("udp/4789 from", "pods")
                .doesNotContain("do not tell");
    }

    private static OpenNftables opened() {
        return new OpenNftables(
                ID, Set.of(), Passages.of(HOSTS.getFirst(), HOSTS, PORTS, PODS).rules());
    }

    @Test
    void rulesNameWhoCalls() {
        assertThat(opened().rules()).isEqualTo("""
                        input ct state established,related accept
                        input iif lo accept
                        input tcp dport 6443 accept
                        input ip saddr { 10.77.0.11 } tcp dport 2379-2380 accept
                        input ip saddr { 10.77.0.11, 10.77.0.12 } tcp dport 10250 accept
                        input ip saddr { 10.77.0.11, 10.77.0.12 } udp dport 4789 accept
                        input ip saddr 10.244.0.0/16 accept
                        input ip6 saddr fd00:10:244::/56 accept
                        forward ct state established,related accept
                        forward ip saddr 10.244.0.0/16 accept
                        forward ip daddr 10.244.0.0/16 accept
                        forward ip6 saddr fd00:10:244::/56 accept
                        forward ip6 daddr fd00:10:244::/56 accept
                        """);
        assertThat(Passages.of(HOSTS.getLast(), HOSTS, PORTS, PODS).rules()).doesNotContain("6443", "2379");
    }

    /** What nft would print is recorded, what it is told is looked at. */
    private void nft() throws IOException {
        for (String file : List.of("chains", "chain-input", "table")) {
            host.file("/recorded/" + file, recorded(file + ".txt"));
        }
        host.program("nft", """
                recorded=${0%/*}/../recorded
                case "$*" in
                'list chains') cat "$recorded/chains" ;;
                'list chain inet filter input') cat "$recorded/chain-input" ;;
                '-a list table inet filter') cat "$recorded/table" ;;
                -f*) cp "$2" "$recorded/batch" ;;
                *) exit 1 ;;
                esac
                """);
    }

    private String batch() throws IOException {
        return host.read("/recorded/batch");
    }

    @Test
    void ourRulesComeFirstInEachChainThatIsClosed() throws IOException {
        nft();
        assertThat(host.probe(opened())).isEqualTo("""
                closed: inet filter input
                closed: inet filter forward
                """);

        host.file("/etc/kubewright/firewall.rules", opened().rules());
        HostDirectory.Result result = host.run(ShellFunctions.of("firewall.sh") + "work=$KW_TMP\nopen_chains\n");

        assertThat(result.errors()).isEmpty();
        assertThat(batch())
                .startsWith("""
                        add chain inet filter kubewright-input
                        flush chain inet filter kubewright-input
                        add rule inet filter kubewright-input ct state established,related accept
                        add rule inet filter kubewright-input iif lo accept
                        add rule inet filter kubewright-input tcp dport 6443 accept
                        """)
                .contains("\ninsert rule inet filter input jump kubewright-input\n")
                .endsWith("\ninsert rule inet filter forward jump kubewright-forward\n");
    }

    @Test
    void aChainOfTheIp4FamilyGetsRulesOfThatFamilyOnly() throws IOException {
        nft();
        host.file("/recorded/chains", recorded("chains.txt").replace("table inet", "table ip"));
        host.file("/etc/kubewright/firewall.rules", opened().rules());
        HostDirectory.Result result = host.run(
                ShellFunctions.of("firewall.sh") + "work=$KW_TMP\nrules_for ip forward\nrules_for ip6 forward\n");

        assertThat(result.output()).isEqualTo("""
                ct state established,related accept
                ip saddr 10.244.0.0/16 accept
                ip daddr 10.244.0.0/16 accept
                ct state established,related accept
                ip6 saddr fd00:10:244::/56 accept
                ip6 daddr fd00:10:244::/56 accept
                """);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "counter packets 5 bytes 300 log prefix \"no drop \" level info reject with icmp host-prohibited | yes",
                "drop | yes",
                "counter drop | yes",
                "ip saddr 10.9.0.0/16 drop | no",
                "tcp dport 22 accept | no",
                "log prefix \"drop\" | no",
                "limit rate 5/second drop | no",
            })
    void aChainIsClosedByItsLastRuleToo(String last, String closed) throws IOException {
        nft();
        host.file("/recorded/chains", recorded("chains.txt").replace("policy drop", "policy accept"));
        host.file("/recorded/chain-input", recorded("chain-input.txt").replace("\t\treject\n", "\t\t" + last + "\n"));

        assertThat(host.probe(opened())).isEqualTo(closed.equals("yes") ? "closed: inet filter input\n" : "");
    }

    @Test
    void undoTakesOutWhatIsOursAndNothingElse() throws IOException {
        nft();
        host.program("systemctl", ":");
        host.file("/recorded/chains", recorded("chains.txt").replace("\tchain overlay {\n", """
                        \tchain kubewright-input {
                        \t}
                        \tchain overlay {
                        """));
        host.file(
                "/recorded/table",
                recorded("table.txt")
                        .replace(
                                "\t\tiif \"lo\" accept # handle 5\n",
                                "\t\tjump kubewright-input # handle 31\n\t\tiif \"lo\" accept # handle 5\n"));

        assertThat(host.run(opened().undo()).status()).isZero();

        assertThat(batch()).isEqualTo("""
                delete rule inet filter input handle 31
                delete chain inet filter kubewright-input
                """);
    }

    @Test
    void anotherFirewallBesideIsRefused() throws IOException {
        nft();
        host.file("/recorded/chains", """
                table ip filter {
                \tchain INPUT {
                \t\ttype filter hook input priority filter; policy drop;
                \t}
                }
                """);
        String observed = host.probe(opened());
        assertThat(observed).isEqualTo("closed by another: ip filter INPUT\n");
        assertThat(opened().refusal(observed).orElseThrow().reason()).contains("ip filter INPUT");
    }
}
