package io.kubewright.host;

import static io.kubewright.host.FirewallTest.HOSTS;
import static io.kubewright.host.FirewallTest.ID;
import static io.kubewright.host.FirewallTest.PODS;
import static io.kubewright.host.FirewallTest.PORTS;
import static io.kubewright.host.FirewallTest.recorded;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.engine.HostResource;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.Refusal;
import io.kubewright.engine.resource.HostDirectory;
import io.kubewright.host.FirewallRules.Verdict;
import io.kubewright.spec.Host;
import io.kubewright.spec.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ufw and firewalld, as far as what they print and are told goes; FirewallIT has real ones. */
class AddedRulesTest {
    private static final Passages PASSAGES = Passages.of(HOSTS.getFirst(), HOSTS, PORTS, PODS);

    @TempDir
    private Path directory;

    private HostDirectory host;

    @BeforeEach
    void makeHost() throws IOException {
        host = new HostDirectory(directory.toRealPath());
    }

    /** What a step would tell the firewall. */
    private static List<String> told(HostResource resource, String observed) {
        return resource.apply(observed, new Outputs())
                .lines()
                .filter(line -> line.matches("(tell|open|close) [^(]*"))
                .toList();
    }

    private static Passages withAThird(Host third) {
        return Passages.of(
                HOSTS.getFirst(),
                Stream.concat(HOSTS.stream(), Stream.of(third)).toList(),
                PORTS,
                PODS);
    }

    @Nested
    class Ufw {
        private static final String SETTLED = """
                allow any any 0.0.0.0/0 any 10.244.0.0/16 in
                allow any any ::/0 any fd00:10:244::/56 in
                allow tcp 10250 0.0.0.0/0 any 10.77.0.11 in
                allow tcp 10250 0.0.0.0/0 any 10.77.0.12 in
                allow tcp 2379:2380 0.0.0.0/0 any 10.77.0.11 in
                allow tcp 6443 0.0.0.0/0 any 0.0.0.0/0 in
                allow tcp 6443 ::/0 any ::/0 in
                allow udp 4789 0.0.0.0/0 any 10.77.0.11 in
                allow udp 4789 0.0.0.0/0 any 10.77.0.12 in
                route:allow any any 0.0.0.0/0 any 10.244.0.0/16 in
                route:allow any any 10.244.0.0/16 any 0.0.0.0/0 in
                route:allow any any ::/0 any fd00:10:244::/56 in
                route:allow any any fd00:10:244::/56 any ::/0 in
                """;

        private static OpenUfw ufw(Passages passages) {
            return new OpenUfw(ID, Set.of(), passages);
        }

        private final OpenUfw ufw = ufw(PASSAGES);

        @Test
        void isToldAllThatIsWanted() {
            assertThat(ufw.desired("")).isEqualTo(SETTLED);
            assertThat(told(ufw, ""))
                    .isEqualTo(SETTLED.lines()
                            .map(tuple -> "tell prepend '" + tuple + "'")
                            .toList());
        }

        @Test
        void isToldNothingMore() {
            assertThat(ufw.desired(SETTLED)).isEqualTo(SETTLED);
            assertThat(told(ufw, SETTLED)).isEmpty();
            assertThat(ufw.refusal(SETTLED)).isEmpty();
        }

        @Test
        void isToldWhatAnotherHostNeedsAndForgetsItAgain() {
            OpenUfw more = ufw(withAThird(FirewallTest.host("n3", "10.77.0.13", Role.WORKER)));

            assertThat(told(more, SETTLED))
                    .containsExactly(
                            "tell prepend 'allow tcp 10250 0.0.0.0/0 any 10.77.0.13 in'",
                            "tell prepend 'allow udp 4789 0.0.0.0/0 any 10.77.0.13 in'");
            assertThat(told(ufw, more.desired(SETTLED)))
                    .containsExactly(
                            "tell delete 'allow tcp 10250 0.0.0.0/0 any 10.77.0.13 in'",
                            "tell delete 'allow udp 4789 0.0.0.0/0 any 10.77.0.13 in'");
        }

        @Test
        void whatOthersAllowIsTheirs() {
            String theirs = "theirs: allow tcp 6443 0.0.0.0/0 any 0.0.0.0/0 in\n";

            assertThat(told(ufw, theirs)).hasSize(12).noneMatch(line -> line.contains("'allow tcp 6443 0.0.0.0/0 "));
            assertThat(ufw.desired(theirs)).endsWith(theirs).doesNotContain("\nallow tcp 6443 0.0.0.0/0 ");
            assertThat(ufw.refusal(theirs)).isEmpty();
        }

        @ParameterizedTest
        @CsvSource({
            "deny any any 0.0.0.0/0 any 10.77.0.0/24 in, allow tcp 10250 0.0.0.0/0 any 10.77.0.12 in, yes",
            "deny any any 0.0.0.0/0 any 10.77.0.12 in, allow tcp 6443 0.0.0.0/0 any 0.0.0.0/0 in, yes",
            "reject any any 0.0.0.0/0 any 0.0.0.0/0 in, allow udp 4789 0.0.0.0/0 any 10.77.0.11 in, yes",
            "limit tcp 6443 0.0.0.0/0 any 0.0.0.0/0 in_eth0, allow tcp 6443 0.0.0.0/0 any 0.0.0.0/0 in, yes",
            "route:deny any any 0.0.0.0/0 any 10.0.0.0/8 in, route:allow any any 0.0.0.0/0 any 10.244.0.0/16 in, yes",
            "route:deny any any 0.0.0.0/0 any 10.77.0.0/24 in, route:allow any any 0.0.0.0/0 any 10.244.0.0/16 in, no",
            "deny tcp 3306 0.0.0.0/0 any 0.0.0.0/0 in, allow tcp 6443 0.0.0.0/0 any 0.0.0.0/0 in, no",
            "deny tcp 6443 0.0.0.0/0 any 10.9.0.0/16 in, allow tcp 6443 0.0.0.0/0 any 0.0.0.0/0 in, no",
            "deny any any 0.0.0.0/0 any 10.78.0.0/24 in, allow tcp 10250 0.0.0.0/0 any 10.77.0.12 in, no",
        })
        void oursComesFirstAgainWhereAnotherClosesAheadOfIt(String closing, String tuple, String closes) {
            String observed = "ahead: " + closing + " | " + tuple + "\n" + SETTLED;

            if (closes.equals("yes")) {
                assertThat(ufw.desired(observed)).isEqualTo(SETTLED);
                assertThat(told(ufw, observed))
                        .containsExactly("tell delete '" + tuple + "'", "tell prepend '" + tuple + "'");
            } else {
                assertThat(ufw.desired(observed)).isEqualTo(observed);
                assertThat(told(ufw, observed)).isEmpty();
            }
            assertThat(ufw.refusal(observed)).isEmpty();
        }

        @Test
        void whatIsNoLongerWantedLeavesNothingBehind() {
            String gone = "allow tcp 10250 0.0.0.0/0 any 10.77.0.13 in";
            String observed =
                    "ahead: deny tcp 3306 0.0.0.0/0 any 0.0.0.0/0 in | " + gone + "\n" + SETTLED + gone + "\n";

            assertThat(ufw.desired(observed)).isEqualTo(SETTLED);
            assertThat(told(ufw, observed)).containsExactly("tell delete '" + gone + "'");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '#',
                value = {
                    "theirs: deny tcp 6443 0.0.0.0/0 any 0.0.0.0/0 in # deny tcp 6443",
                    "theirs: limit tcp 6443 0.0.0.0/0 any 0.0.0.0/0 in # limit tcp 6443",
                    "ahead: deny any any 0.0.0.0/0 any 10.77.0.0/24 in | allow tcp 10250 0.0.0.0/0 any 10.77.0.12 in;theirs: allow tcp 10250 0.0.0.0/0 any 10.77.0.12 in # deny any any",
                    "state: not at work # not at work",
                    "state: without IPv6 # IPV6=no",
                    "beside: inet filter input # another firewall lets nothing through here (inet filter input)",
                })
        void whatCannotBeOpenedIsRefused(String observed, String reason) {
            Optional<Refusal> refusal = ufw.refusal(observed.replace(";", "\n") + "\n");

            assertThat(refusal.orElseThrow().reason()).contains(reason);
        }

        @Test
        void withoutIpv6IsEnoughForAClusterWithout() {
            OpenUfw one = ufw(Passages.of(HOSTS.getFirst(), HOSTS, PORTS, PODS.subList(0, 1)));

            assertThat(one.refusal("state: without IPv6\n")).isEmpty();
            assertThat(one.desired("")).doesNotContain("::");
        }

        private void recordedUfw() throws IOException {
            host.file("/etc/ufw/user.rules", recorded("ufw-user.rules"));
            host.file("/etc/ufw/user6.rules", recorded("ufw-user6.rules"));
            host.file("/etc/default/ufw", "IPV6=yes\n");
            host.program("nft", "");
            host.program("ufw", """
                    case "$*" in
                    status) echo 'Status: active' ;;
                    *delete*) sed -i '/comment=6b756265777269676874$/d' "${0%/*}/../etc/ufw/user.rules" "${0%/*}/../etc/ufw/user6.rules" ;;
                    esac
                    """);
        }

        @Test
        void tellsItsRulesAndWhatStandsAheadOfOurs() throws IOException {
            recordedUfw();

            assertThat(host.probe(ufw))
                    .isEqualTo(SETTLED.lines()
                                    .filter(tuple -> !tuple.startsWith("route:") && !tuple.contains("::/0"))
                                    .map(tuple -> "ahead: deny any any 0.0.0.0/0 any 10.77.0.0/24 in | " + tuple + "\n")
                                    .collect(Collectors.joining())
                            + SETTLED);
            assertThat(told(ufw, host.probe(ufw))).as("what the others close").hasSize(12);
        }

        @Test
        void tellsWhatOthersSayOfTheSamePackets() throws IOException {
            recordedUfw();
            OpenUfw more = ufw(withAThird(FirewallTest.host("n3", "10.77.0.13", Role.WORKER)));

            assertThat(host.probe(more)).contains("theirs: allow tcp 10250 0.0.0.0/0 any 10.77.0.13 in\n");
            assertThat(told(more, host.probe(more)))
                    .contains("tell prepend 'allow udp 4789 0.0.0.0/0 any 10.77.0.13 in'")
                    .noneMatch(line -> line.contains("allow tcp 10250 0.0.0.0/0 any 10.77.0.13"));
        }

        @Test
        void isToldInItsOwnWords() throws IOException {
            recordedUfw();
            host.run(ufw.apply("", new Outputs()));

            assertThat(host.calls("ufw"))
                    .hasSize(13)
                    .contains(
                            "prepend allow from 10.244.0.0/16 to 0.0.0.0/0 comment kubewright",
                            "prepend allow proto tcp from 10.77.0.12 to 0.0.0.0/0 port 10250 comment kubewright",
                            "prepend allow proto tcp from 10.77.0.11 to 0.0.0.0/0 port 2379:2380 comment kubewright",
                            "prepend allow proto tcp from ::/0 to ::/0 port 6443 comment kubewright",
                            "route prepend allow from 0.0.0.0/0 to 10.244.0.0/16 comment kubewright");
        }

        @Test
        void undoTakesOutWhatIsOursAndNothingElse() throws IOException {
            recordedUfw();

            assertThat(host.run(ufw.undo()).status()).isZero();

            assertThat(host.calls("ufw"))
                    .hasSize(13)
                    .allMatch(call -> call.matches("(route )?delete allow .* comment kubewright"));
            assertThat(host.read("/etc/ufw/user.rules")).contains("10.77.0.13 in comment=62792068616e64\n");
        }

        @Test
        void undoFailsWhereUfwDoesNotTakeThemOut() throws IOException {
            recordedUfw();
            host.program("ufw", "exit 1");

            assertThat(host.run(ufw.undo()).status()).isNotZero();
        }

        @Test
        void whatWasOpenedIsSeenToBeOpen() {
            String tuples = SETTLED.replaceAll("(?m)^", "tuple ").replaceAll("tuple $", "");

            assertThat(PASSAGES.which(
                            UfwRules.parse(tuples), Optional.of("eth0"), verdict -> verdict == Verdict.CLOSED))
                    .isEmpty();
            assertThat(PASSAGES.which(UfwRules.parse(""), Optional.of("eth0"), verdict -> verdict == Verdict.CLOSED))
                    .isNotEmpty();
        }
    }

    @Nested
    class Firewalld {
        private static final String RULE =
                "rule priority=\"-32768\" family=\"ipv4\" source address=\"%s\" port port=\"%s\""
                        + " protocol=\"%s\" accept";
        private static final String ANYONE =
                "rule priority=\"-32768\" family=\"ipv4\" port port=\"6443\" protocol=\"tcp\" accept";

        private final OpenFirewalld firewalld = new OpenFirewalld(ID, Set.of(), PASSAGES, "eth0");

        private static String rule(String zone, String address, String ports, String transport) {
            return zone + " " + RULE.formatted(address, ports, transport);
        }

        private static String lines(String... lines) {
            return Stream.of(lines).sorted().map(line -> line + "\n").reduce("", String::concat);
        }

        private static final String SETTLED = lines(
                "public " + ANYONE,
                "public " + ANYONE.replace("ipv4", "ipv6"),
                rule("public", "10.77.0.11", "2379-2380", "tcp"),
                rule("public", "10.77.0.11", "10250", "tcp"),
                rule("public", "10.77.0.12", "10250", "tcp"),
                rule("public", "10.77.0.11", "4789", "udp"),
                rule("public", "10.77.0.12", "4789", "udp"),
                "trusted source 10.244.0.0/16",
                "trusted source fd00:10:244::/56",
                "zone: public default");

        @Test
        void portsComeIntoTheZoneOfTheLinkAndPodsIntoTheTrustedOne() {
            assertThat(firewalld.desired("zone: public default\n")).isEqualTo(SETTLED);
            assertThat(told(firewalld, "zone: public default\n"))
                    .singleElement()
                    .asString()
                    .startsWith("open 'public rule ")
                    .endsWith("'trusted source 10.244.0.0/16' 'trusted source fd00:10:244::/56'");
        }

        @Test
        void isToldNothingMore() {
            assertThat(firewalld.desired(SETTLED)).isEqualTo(SETTLED);
            assertThat(told(firewalld, SETTLED)).isEmpty();
            assertThat(firewalld.refusal(SETTLED)).isEmpty();
        }

        @ParameterizedTest
        @CsvSource({
            "10.77.0.12 work default, 3",
            "10.77.0.0/24 work default, 7",
            "10.77.0.0/24 nodes ACCEPT, 0",
            "10.78.0.0/24 work default, 0",
            "ipset:banned drop DROP, 7",
            "00:16:3e:00:00:01 work default, 7",
        })
        void hostsOfAnotherZoneGetRulesThereAndNobodyElse(String source, int rules) {
            String zone = source.split(" ", 3)[1];
            List<String> there = firewalld
                    .desired("zone: public default\nsource: " + source + "\n")
                    .lines()
                    .filter(line -> line.startsWith(zone + " "))
                    .toList();

            assertThat(there).hasSize(rules).allMatch(line -> line.contains(" source address=\"10.77.0.1"));
        }

        @Test
        void aZoneThatAcceptsEverythingNeedsNoRules() {
            assertThat(firewalld.desired("zone: trusted ACCEPT\n"))
                    .isEqualTo("trusted source 10.244.0.0/16\ntrusted source fd00:10:244::/56\nzone: trusted ACCEPT\n");
        }

        @Test
        void aRuleThatIsThereNowOnlyOrFromTheNextStartOnlyIsToldAgain() {
            String line = rule("public", "10.77.0.12", "10250", "tcp");

            for (String half : List.of("until the next start: ", "from the next start on: ")) {
                String observed = SETTLED.replace(line, half + line);
                assertThat(firewalld.desired(observed)).isEqualTo(SETTLED);
                assertThat(told(firewalld, observed)).containsExactly("open '" + line + "'");
            }
            String gone = rule("public", "10.77.0.99", "10250", "tcp");
            assertThat(told(firewalld, SETTLED + "until the next start: " + gone + "\n"))
                    .containsExactly("close '" + gone + "'");
        }

        @Test
        void whatOthersAllowIsTheirs() {
            String line = rule("public", "10.77.0.12", "10250", "tcp");
            String observed = lines(SETTLED.replace(line, "theirs: " + line).split("\n"));

            assertThat(firewalld.desired(observed)).isEqualTo(observed);
            assertThat(told(firewalld, observed)).isEmpty();
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "source: 10.0.0.0/8 home default | 10.0.0.0/8 (zone home) holds",
                    "state: strict | StrictForwardPorts=yes",
                    "beside: ip filter INPUT | another firewall lets nothing through here (ip filter INPUT)",
                })
        void whatCannotBeOpenedIsRefused(String observed, String reason) {
            assertThat(firewalld.refusal(observed + "\n").orElseThrow().reason())
                    .contains(reason);
        }

        /** Tells what is recorded, and that it runs. */
        private void recordedFirewalld() throws IOException {
            host.file("/recorded/now", recorded("firewalld-now.txt"));
            host.file("/recorded/permanent", recorded("firewalld-permanent.txt"));
            host.program("nft", "");
            host.program("firewall-offline-cmd", "exit 1");
            host.program("firewall-cmd", """
                    recorded=${0%/*}/../recorded
                    case "$*" in
                    --get-zone-of-interface=eth0) echo public ;;
                    '--permanent --list-all-zones') cat "$recorded/permanent" ;;
                    --list-all-zones) cat "$recorded/now" ;;
                    '--permanent --zone=public --list-all -v') cat "$recorded/public" 2>/dev/null || : ;;
                    esac
                    """);
        }

        private void added(String... lines) throws IOException {
            StringBuilder added = new StringBuilder();
            for (String line : lines) {
                added.append("permanent ")
                        .append(line)
                        .append("\nnow ")
                        .append(line)
                        .append('\n');
            }
            host.file("/state/firewalld/lines", added.toString());
        }

        @Test
        void tellsOursAndTheirsAndWhatDecidesAboutThem() throws IOException {
            recordedFirewalld();
            added(
                    "public " + ANYONE,
                    rule("public", "10.77.0.12", "10250", "tcp"),
                    rule("work", "10.77.0.12", "10250", "tcp"),
                    "trusted source 10.244.0.0/16");

            assertThat(host.probe(firewalld))
                    .isEqualTo(lines(
                            "from the next start on: " + rule("public", "10.77.0.12", "10250", "tcp"),
                            "public " + ANYONE,
                            rule("work", "10.77.0.12", "10250", "tcp"),
                            "source: 10.77.0.12 work default",
                            "source: 10.99.0.0/16 home default",
                            "theirs: public " + ANYONE.replace("ipv4", "ipv6"),
                            "theirs: " + rule("public", "10.77.0.11", "2379-2380", "tcp"),
                            "theirs: " + rule("public", "10.77.0.11", "10250", "tcp"),
                            "theirs: " + rule("public", "10.77.0.11", "4789", "udp"),
                            "theirs: " + rule("public", "10.77.0.12", "4789", "udp"),
                            "theirs: " + rule("work", "10.77.0.12", "6443", "tcp"),
                            "theirs: " + rule("work", "10.77.0.12", "4789", "udp"),
                            "theirs: trusted source fd00:10:244::/56",
                            "trusted source 10.244.0.0/16",
                            "zone: public default"));
        }

        @Test
        void isToldOnlyWhereALineIsLacking() throws IOException {
            recordedFirewalld();
            String gone = rule("public", "10.77.0.12", "10250", "tcp");

            assertThat(host.run(firewalld.apply(SETTLED.replace(gone + "\n", ""), new Outputs()))
                            .status())
                    .isZero();

            assertThat(host.calls("firewall-cmd"))
                    .filteredOn(call -> call.contains("--add"))
                    .as("it is permanent already")
                    .containsExactly("--zone=public --add-rich-rule=" + gone.substring("public ".length()));
            assertThat(host.read("/state/firewalld/lines")).isEqualTo("now " + gone + "\n");
        }

        @Test
        void undoTakesOutWhatIsOursAndPutsTheFileOfTheZoneBack() throws IOException {
            recordedFirewalld();
            String zone = "/etc/firewalld/zones/public.xml";
            String ours = rule("public", "10.77.0.11", "10250", "tcp");
            added(ours);
            host.file("/recorded/public", "as it was\n").file("/state/firewalld/public.before", "as it was\n");
            host.file(zone, "by hand\n").run("kw_save " + zone + "\nkw_save " + zone + ".old\n");
            host.file(zone, "by firewalld\n").file(zone + ".old", "by firewalld\n");

            assertThat(host.run(firewalld.undo()).status()).isZero();

            assertThat(host.calls("firewall-cmd"))
                    .filteredOn(call -> call.contains("--remove"))
                    .containsExactly(
                            "--permanent --zone=public --remove-rich-rule=" + ours.substring("public ".length()),
                            "--zone=public --remove-rich-rule=" + ours.substring("public ".length()));
            assertThat(host.read(zone)).isEqualTo("by hand\n");
            assertThat(host.exists(zone + ".old")).isFalse();
            assertThat(host.exists("/state/firewalld")).isFalse();
        }

        @Test
        void undoLeavesTheFileOfAZoneThatOthersChanged() throws IOException {
            recordedFirewalld();
            String zone = "/etc/firewalld/zones/public.xml";
            added(rule("public", "10.77.0.11", "10250", "tcp"));
            host.file("/recorded/public", "otherwise\n").file("/state/firewalld/public.before", "as it was\n");
            host.file(zone, "by hand\n").run("kw_save " + zone + "\n");
            host.file(zone, "by others\n");

            assertThat(host.run(firewalld.undo()).status()).isZero();

            assertThat(host.read(zone)).isEqualTo("by others\n");
            assertThat(host.path("/state/originals").toFile().list()).isEmpty();
        }

        @Test
        void whatWasOpenedIsSeenToBeOpen() throws IOException {
            FirewallRules rules = FirewalldRules.parse("default zone public\n" + recorded("firewalld-permanent.txt"));

            assertThat(PASSAGES.which(rules, Optional.of("eth0"), verdict -> verdict != Verdict.OPEN))
                    .containsExactly(
                            "everything from and to pods (10.244.0.0/16)",
                            "everything from and to pods (fd00:10:244::/56)");
        }
    }
}
