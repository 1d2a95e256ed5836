package io.kubewright.cli;

import io.kubewright.cluster.ClusterFile;
import io.kubewright.cluster.Fleet;
import io.kubewright.engine.Explanation;
import io.kubewright.engine.Inspection;
import io.kubewright.ssh.OwnServer;
import io.kubewright.ssh.PasswordSource;
import io.kubewright.ssh.SshHosts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the launcher lets the JVM watch once, for its cache: a plan of one bare host that lives in this process, so that
 * logging in, looking and planning need not be read, verified and compiled anew at every start.
 */
final class Training {
    private static final int LOGINS = 40;
    private static final Pattern MARK = Pattern.compile("^KW_MARK=(\\S+)$", Pattern.MULTILINE);
    private static final Pattern OBSERVED = Pattern.compile("^kw_observe (\\S+) kw_\\w+$", Pattern.MULTILINE);
    private static final String FILE = """
            metadata: {name: training}
            bundle: source
            acceptUntested: [calico]
            hosts:
              - {name: n1, address: 10.77.0.11, roles: [control-plane, worker]}
            endpoint: {vip: 10.77.0.200}
            """;
    private static final String FACTS = """
            hostname n1
            os debian 13
            architecture amd64
            kernel 6.12.48
            cpus 4
            memory 16000000
            machine-id 00112233445566778899aabbccddeeff
            cgroup 2
            time-service systemd-timesyncd.service
            link eth0 1500 02:00:00:00:00:01
            address eth0 10.77.0.11/24
            default eth0
            """;

    private Training() {}

    /** Trains. Whatever fails, as a plan does without a bundle, has been watched until then. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("kubewright-training");
        try (OwnServer server = new OwnServer(directory, Training::answer)) {
            logIn(server);
            plan(server, Files.writeString(directory.resolve("cluster.yaml"), FILE));
        } catch (GeneralSecurityException unsupported) {
            // Then this Java makes no keys, and logging in is not rehearsed.
        } finally {
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(directory);
        }
        Main.main(new String[] {"explain", "--json"});
    }

    private static void logIn(OwnServer server) throws InterruptedException {
        for (int login = 0; login < LOGINS; login++) {
            try (SshHosts hosts = hosts(server)) {
                Inspection.of(hosts, hosts.names());
            }
        }
    }

    private static void plan(OwnServer server, Path file) {
        PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8);
        ClusterWork.Source source = new Rehearsed(server);
        Main.execute(Terminal.plain(nowhere, nowhere), source, "plan", "-f", file.toString());
        Main.execute(Terminal.plain(nowhere, nowhere), source, "plan", "--only", "host", "-f", file.toString());
    }

    private static SshHosts hosts(OwnServer server) {
        return new SshHosts(List.of(server.settings("n1")), PasswordSource.NONE);
    }

    /** What a bare host prints when this script runs there. */
    private static String answer(String script) {
        Matcher mark = MARK.matcher(script);
        if (!mark.find()) {
            return "absent\n";
        }
        StringBuilder text = new StringBuilder();
        Matcher observed = OBSERVED.matcher(script);
        while (observed.find()) {
            boolean facts = observed.group(1).startsWith("facts@");
            text.append("@%s seen %s %s\n"
                    .formatted(
                            mark.group(1),
                            observed.group(1),
                            facts ? Base64.getEncoder().encodeToString(FACTS.getBytes(StandardCharsets.UTF_8)) : "-"));
        }
        return text.append("@").append(mark.group(1)).append(" end\n").toString();
    }

    /** The clusters of real files, with every host being the server here. */
    private record Rehearsed(OwnServer server) implements ClusterWork.Source {
        @Override
        public ClusterWork open(CommonOptions options) {
            return Clusters.open(
                    ClusterFile.read(options.file()),
                    Optional.empty(),
                    _ -> Fleet.of(hosts(server), List.of("n1"), (_, _, _) -> {
                        throw new IllegalStateException("no API in training");
                    }));
        }

        @Override
        public Optional<Explanation> explanation(String path) {
            return new Clusters().explanation(path);
        }

        @Override
        public List<Explanation> explanations() {
            return new Clusters().explanations();
        }
    }
}
