package io.kubewright.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubewright.cluster.Introduction.Outcome;
import io.kubewright.engine.ScriptResult;
import io.kubewright.engine.Target;
import io.kubewright.engine.TargetException;
import io.kubewright.engine.Targets;
import io.kubewright.spec.Code;
import io.kubewright.spec.Document;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IntroductionTest {
    @TempDir
    Path directory;

    @Test
    void threeHostsBecomeThreeControlPlanesWithAFreeAddress() throws Exception {
        Reporting hosts = new Reporting();
        hosts.add("admin@10.77.0.11", report("n1", 4096), "kubewright-fact free 10.77.0.248\n");
        hosts.add("admin@10.77.0.12", report("n2", 4096).replace("0.11", "0.12"), "");
        hosts.add("admin@10.77.0.13:2222", report("n3", 1024).replace("0.11", "0.13"), "");

        String text = proposal(hosts);

        assertThat(text)
                .isEqualTo(Files.readString(Path.of("src/test/resources/io/kubewright/cluster/init-three.yaml")));
        ClusterFile.Reading reading = ClusterFile.check(Path.of("/etc/corp/c.yaml"), Document.parse("c.yaml", text));
        assertThat(reading.problems()).isEmpty();
        assertThat(reading.specification().controlPlanes()).hasSize(3);
        assertThat(reading.specification().hosts().getLast().ssh().port()).contains(2222);
    }

    @Test
    void oneHostIsBothAndTwoAreOneOfEach() throws Exception {
        Reporting one = new Reporting();
        one.add("root@10.77.0.11", report("n1", 4096), "");
        Reporting two = new Reporting();
        two.add("root@10.77.0.11", report("n1", 4096), "");
        two.add("root@10.77.0.12", report("n2", 4096), "");

        assertThat(proposal(one)).contains("roles: [control-plane, worker]\n");
        assertThat(proposal(two)).contains("roles: [control-plane]\n", "roles: [worker]\n");
    }

    @Test
    void hostsOfTheSameNameAreNumbered() throws Exception {
        Reporting hosts = new Reporting();
        hosts.add("root@10.77.0.11", report("debian", 4096), "");
        hosts.add("root@10.77.0.12", report("debian", 4096), "");

        assertThat(proposal(hosts)).contains("- name: n1\n", "- name: n2\n").doesNotContain("debian\n");
    }

    @Test
    void aHostBehindANameGetsTheAddressOfItsDefaultRoute() throws Exception {
        Reporting hosts = new Reporting();
        hosts.add("root@cp1.corp.example", report("cp1", 4096), "");

        assertThat(proposal(hosts)).contains("    address: cp1.corp.example\n    nodeIp: 10.77.0.11\n");
    }

    @Test
    void whatAHostSaysCannotWriteIntoTheFile() throws Exception {
        Reporting hosts = new Reporting();
        hosts.add("root@10.77.0.11", """
                kubewright-fact hostname evil: {x}
                kubewright-fact system Evil\u0085- name: x\u001b[31m
                kubewright-fact address eth0 10.77.0.11/24
                kubewright-fact address eth1 10.77.0.300/24
                kubewright-fact address eth2
                kubewright-fact
                nonsense
                """, "kubewright-fact free 6.6.6.6\n");

        String text = proposal(hosts);

        assertThat(text)
                .contains("- name: n1\n", "# Evil?- name: x?[31m, 0 processors")
                .doesNotContain("6.6.6.6", "\u001b");
        assertThat(ClusterFile.check(Path.of("/c.yaml"), Document.parse("c.yaml", text))
                        .problems())
                .extracting(problem -> problem.code())
                .containsOnly(Code.EMPTY_VALUE);
    }

    @Test
    void aHostThatCannotBeAskedEndsInNoProposalButAllFailures() throws Exception {
        Reporting hosts = new Reporting();
        hosts.add("root@10.77.0.11", report("n1", 4096), "");
        hosts.addUnreachable("root@10.77.0.12");
        hosts.addUnreachable("root@10.77.0.13");

        assertThat(new Introduction(hosts).propose(hosts.addresses()))
                .isInstanceOfSatisfying(
                        Outcome.Unreached.class,
                        unreached -> assertThat(unreached.failures())
                                .extracting(TargetException::target)
                                .containsExactly("root@10.77.0.12", "root@10.77.0.13"));
    }

    @Test
    void aFileThatIsThereIsNeverReplaced() throws IOException {
        Path file = directory.resolve("cluster.yaml");
        Introduction.write(file, "first\n");

        assertThatThrownBy(() -> Introduction.write(file, "second\n")).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(file).hasContent("first\n");
        assertThat(directory).isDirectoryNotContaining("glob:**/.cluster*");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "@host", "a b", "host:0", "host:70000", "fd00::1", "user@", "UPPER", "-x", "host:port"})
    void whatIsNoHostIsRefused(String text) {
        assertThatThrownBy(() -> HostAddress.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void hostsAreReadWithUserAndPort() {
        assertThat(HostAddress.parse("admin@[fd00::1]:2222"))
                .isEqualTo(new HostAddress(Optional.of("admin"), "fd00::1", Optional.of(2222)));
        assertThat(HostAddress.parse("n1")).isEqualTo(new HostAddress(Optional.empty(), "n1", Optional.empty()));
    }

    private static String report(String hostname, int mebibytes) {
        return """
                kubewright-fact hostname %s
                kubewright-fact system Debian GNU/Linux 13 (trixie)
                kubewright-fact architecture x86_64
                kubewright-fact processors 2
                kubewright-fact memory %d
                kubewright-fact default eth0
                kubewright-fact gateway 10.77.0.1
                kubewright-fact address eth0 10.77.0.11/24
                """.formatted(hostname, mebibytes * 1024);
    }

    private static String proposal(Reporting hosts) throws InterruptedException {
        Outcome outcome = new Introduction(hosts).propose(hosts.addresses());
        assertThat(outcome).isInstanceOf(Outcome.Proposal.class);
        return ((Outcome.Proposal) outcome).text();
    }

    /** Hosts that answer the first script with a report, the second with free addresses. */
    private static final class Reporting implements Targets {
        private final Map<String, Target> targets = new LinkedHashMap<>();

        void add(String name, String report, String free) {
            targets.put(name, new Answering(name, Optional.of(report), free));
        }

        void addUnreachable(String name) {
            targets.put(name, new Answering(name, Optional.empty(), ""));
        }

        Map<String, HostAddress> addresses() {
            Map<String, HostAddress> addresses = new LinkedHashMap<>();
            names().forEach(name -> addresses.put(name, HostAddress.parse(name)));
            return addresses;
        }

        @Override
        public List<String> names() {
            return List.copyOf(targets.keySet());
        }

        @Override
        public Target get(String name) {
            return Optional.ofNullable(targets.get(name)).orElseThrow();
        }

        @Override
        public void close() {}
    }

    private record Answering(String name, Optional<String> report, String free) implements Target {
        @Override
        public ScriptResult run(String script, Duration deadline, Consumer<String> onLine) {
            if (report.isEmpty()) {
                throw new TargetException(name, TargetException.Code.UNREACHABLE, "no route", "switch it on");
            }
            return new ScriptResult(0, script.startsWith("candidates=") ? free : report.get(), "");
        }

        @Override
        public void upload(Path file, String sha256, String remotePath, Duration deadline, Consumer<Long> onBytes) {
            throw new UnsupportedOperationException("nothing is uploaded to get to know a host");
        }

        @Override
        public void close() {}
    }
}
