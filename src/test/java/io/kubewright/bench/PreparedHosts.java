package io.kubewright.bench;

import io.kubewright.cluster.Blueprint;
import io.kubewright.cluster.Bundles;
import io.kubewright.cluster.ClusterFile;
import io.kubewright.cluster.Fleet;
import io.kubewright.cluster.Inventory;
import io.kubewright.cluster.Specification;
import io.kubewright.cluster.Standing;
import io.kubewright.engine.HostFacts;
import io.kubewright.engine.HostResource;
import io.kubewright.engine.Inspection;
import io.kubewright.engine.Resource;
import io.kubewright.engine.StepId;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.SessionContext;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.SshServer;

/**
 * SSH servers that answer as hosts do which Kubewright has prepared and which no cluster has been made of: the facts, the
 * host room as its resources want it, nothing of the rest. Their shells are this program; no process is started.
 *
 * <p>Each host has an address and a host key of its own. All addresses must lead to this machine.
 */
final class PreparedHosts {
    private static final int PORT = 22;
    private static final Pattern MARK = Pattern.compile("^KW_MARK=(\\S+)$", Pattern.MULTILINE);
    private static final Pattern OBSERVED = Pattern.compile("^kw_observe (\\S+)@(\\S+) kw_\\w+$", Pattern.MULTILINE);

    /** What an apply of the host room leaves a record of. */
    private static final String RECORDS = "host/modules\nhost/packages\nhost/swap\nhost/sysctl\n";

    /** Held, or the level would be forgotten. */
    private static final Logger MINA = Logger.getLogger("org.apache.sshd");

    private final Path directory;
    private final Map<String, PreparedHost> byAddress = new HashMap<>();
    private final Map<String, KeyPair> keys = new HashMap<>();
    private final Map<StepId, String> states;

    private PreparedHosts(Path directory, List<PreparedHost> hosts) throws IOException, GeneralSecurityException {
        this.directory = directory;
        List<String> known = new ArrayList<>();
        for (PreparedHost host : hosts) {
            KeyPair key = newKey();
            byAddress.put(host.address(), host);
            keys.put(host.address(), key);
            known.add(host.address() + " " + PublicKeyEntry.toString(key.getPublic()));
        }
        Files.write(directory.resolve("known_hosts"), known);
        Files.writeString(directory.resolve("cluster.yaml"), file(hosts));
        states = states(directory.resolve("cluster.yaml"), hosts);
    }

    /** Writes {@code cluster.yaml} and what it names into a directory, serves, says "ready", and ends with its input. */
    public static void main(String[] arguments) throws IOException, GeneralSecurityException {
        MINA.setLevel(Level.OFF);
        List<PreparedHost> hosts = IntStream.range(0, Integer.parseInt(arguments[0]))
                .mapToObj(PreparedHost::new)
                .toList();
        try (SshServer server = new PreparedHosts(Path.of(arguments[1]), hosts).serve()) {
            System.out.println("ready");
            System.in.readAllBytes();
            server.stop(true);
        }
    }

    private static KeyPair newKey() throws GeneralSecurityException {
        return KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256);
    }

    private static String file(List<PreparedHost> hosts) {
        return """
                apiVersion: kubewright.io/v1
                kind: Cluster
                metadata: {name: bench}
                bundle: source
                acceptUntested: [calico]
                ssh: {user: root, identityFile: key, knownHosts: known_hosts}
                endpoint: {vip: 10.78.0.254}
                kubernetes: {podCidr: [10.192.0.0/12]}
                hosts:
                """
                + hosts.stream()
                        .map(host -> "  - {name: %s, address: %s, roles: [%s]}%n"
                                .formatted(host.name(), host.address(), host.role()))
                        .collect(Collectors.joining());
    }

    /** The host room as it shall be, step by step. */
    private static Map<StepId, String> states(Path file, List<PreparedHost> hosts) {
        Specification specification = ClusterFile.read(file);
        Map<String, HostFacts> facts =
                hosts.stream().collect(Collectors.toMap(PreparedHost::name, PreparedHost::facts));
        Inspection.Result inspected = new Inspection.Result(facts, Set.of(), Set.of(), Set.of(), Map.of());
        Standing standing = new Standing(Optional.empty(), new Inventory(Map.of(), Set.of()));
        Map<StepId, String> states = new HashMap<>();
        try (Fleet fleet = Fleet.of(specification, _ -> Optional.empty())) {
            List<Resource> resources = Blueprint.of(
                            specification, inspected, facts, standing, Bundles.open(specification))
                    .resources(fleet.api());
            for (Resource resource : resources) {
                if (resource instanceof HostResource host && host.id().path().startsWith("host/")) {
                    states.put(host.id(), host.desired(host.desired("")));
                }
            }
        }
        return states;
    }

    private SshServer serve() throws IOException, GeneralSecurityException {
        KeyPair user = newKey();
        try (OutputStream key = Files.newOutputStream(directory.resolve("key"))) {
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(user, "bench", null, key);
        }
        SshServer server = SshServer.setUpDefaultServer();
        server.setPort(PORT);
        server.setKeyPairProvider(session -> List.of(keys.get(address(session))));
        server.setPublickeyAuthenticator((_, offered, _) -> KeyUtils.compareKeys(offered, user.getPublic()));
        server.setCommandFactory((channel, command) ->
                new Shell(command, script -> answer(byAddress.get(address(channel.getSession())), script)));
        CoreModuleProperties.SOCKET_BACKLOG.set(server, byAddress.size());
        server.start();
        return server;
    }

    private static String address(SessionContext session) {
        InetAddress address = ((InetSocketAddress) session.getLocalAddress()).getAddress();
        return address.getHostAddress();
    }

    /** What a prepared host prints when this script runs there. */
    private String answer(PreparedHost host, String script) {
        Matcher mark = MARK.matcher(script);
        if (!mark.find()) {
            // Asks for the credentials of a cluster.
            return "absent\n";
        }
        StringBuilder text = new StringBuilder();
        Matcher observed = OBSERVED.matcher(script);
        while (observed.find()) {
            text.append("@%s seen %s@%s %s%n"
                    .formatted(
                            mark.group(1),
                            observed.group(1),
                            observed.group(2),
                            encoded(seen(host, observed.group(1)))));
        }
        return text.append("@").append(mark.group(1)).append(" end\n").toString();
    }

    private String seen(PreparedHost host, String path) {
        return switch (path) {
            case "facts" -> host.factsText();
            case "records" ->
                states.keySet().stream()
                        .filter(step -> step.target().equals(host.name()))
                        .map(step -> step.path() + "\n")
                        .sorted()
                        .collect(Collectors.joining());
            default -> states.getOrDefault(new StepId(path, host.name()), "");
        };
    }

    private static String encoded(String text) {
        return text.isEmpty() ? "-" : Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
