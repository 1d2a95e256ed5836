import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.forward.AcceptAllForwardingFilter;
import org.apache.sshd.server.forward.TcpForwardingFilter;
import org.apache.sshd.server.forward.TcpipServerChannel;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Something to plan for, with which an AOT cache is trained: an SSH server that answers as a bare host would, and an API server
 * behind it that has nothing. Both listen on the loopback interface alone, take one key each that is made for them, and run
 * nothing of what is sent to them; whatever OpenSSH's configuration says, no jump host lies between. Run by ./kubewright: java Training.java SECONDS COMMAND..., which serves while COMMAND plan -f FILE
 * runs, so many seconds at most, and exits with 0 if there was a plan.
 */
final class Training {
    private static final Pattern BEGIN = Pattern.compile("kubewright-begin-[0-9a-f]+");
    private static final Pattern MARK = Pattern.compile("^KW_MARK=(\\S+)$", Pattern.MULTILINE);
    private static final Pattern OBSERVED = Pattern.compile("^kw_observe (\\S+)@(\\S+) kw_\\w+$", Pattern.MULTILINE);
    private static final String FACTS = """
            hostname training
            os debian 13
            package-manager apt-get
            architecture %s
            kernel 6.12
            cpus 8
            memory 33554432
            machine-id 00000000000000000000000000000001
            cgroup 2
            time-service systemd-timesyncd.service
            link lo 65536 00:00:00:00:00:00
            link eth0 1500 02:00:00:00:00:01
            address eth0 10.0.0.1/24
            default eth0
            control-plane
            """.formatted(System.getProperty("os.arch"));

    /** How {@code plan} exits when it has come to its end here. */
    private static final int SOMETHING_TO_DO = 2;

    private static final Map<String, String> SERVED = Map.of(
            "/readyz",
            "ok",
            "/api/v1",
            """
                    {"kind": "APIResourceList", "groupVersion": "v1", "resources": [
                     {"name": "configmaps", "kind": "ConfigMap", "namespaced": true},
                     {"name": "nodes", "kind": "Node", "namespaced": false},
                     {"name": "serviceaccounts", "kind": "ServiceAccount", "namespaced": true}]}
                    """,
            "/api/v1/nodes",
            """
                    {"kind": "NodeList", "apiVersion": "v1", "items": []}
                    """);
    private static final String NOT_FOUND = """
            {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}
            """;

    private final InetAddress loopback = InetAddress.getLoopbackAddress();
    private final Path directory;
    private final KeyPair key;
    private final X509Certificate certificate;

    private Training(Path directory) throws GeneralSecurityException, IOException, OperatorCreationException {
        this.directory = directory;
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        key = generator.generateKeyPair();
        certificate = certificate();
    }

    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createTempDirectory("kubewright-training");
        int code;
        try {
            code = new Training(directory).serve(Integer.parseInt(arguments[0]), List.of(arguments).subList(1, arguments.length));
        } finally {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(each);
                }
            }
        }
        // Threads of the servers may still be there.
        System.exit(code);
    }

    private int serve(int seconds, List<String> command) throws Exception {
        HttpsServer api = HttpsServer.create(new InetSocketAddress(loopback, 0), 0);
        api.setHttpsConfigurator(new HttpsConfigurator(tls()));
        api.setExecutor(Executors.newCachedThreadPool());
        api.createContext("/", Training::answer);
        api.start();
        SshServer host = host(api.getAddress().getPort());
        List<String> whole = new ArrayList<>(command);
        whole.addAll(List.of("plan", "-f", directory.resolve("cluster.yaml").toString()));
        ProcessBuilder builder = new ProcessBuilder(whole).inheritIO();
        // Whoever confirms each use of a key is not to be asked for this.
        builder.environment().remove("SSH_AUTH_SOCK");
        // Nothing of it is to be remembered.
        builder.environment().put("XDG_STATE_HOME", directory.toString());
        Process process = builder.start();
        try {
            boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
            return ended && process.exitValue() == SOMETHING_TO_DO ? 0 : 1;
        } finally {
            process.destroyForcibly();
            host.stop(true);
            api.stop(0);
        }
    }

    // The host

    private SshServer host(int apiPort) throws IOException, GeneralSecurityException {
        KeyPair own = KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256);
        KeyPair user = KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256);
        SshServer server = SshServer.setUpDefaultServer();
        server.setHost(loopback.getHostAddress());
        server.setKeyPairProvider(KeyPairProvider.wrap(own));
        server.setPublickeyAuthenticator((_, offered, _) -> KeyUtils.compareKeys(offered, user.getPublic()));
        server.setCommandFactory((_, command) -> new Shell(command));
        server.setForwardingFilter(AcceptAllForwardingFilter.INSTANCE);
        List<ChannelFactory> channels = new ArrayList<>(server.getChannelFactories());
        channels.removeIf(each -> each.getName().equals("direct-tcpip"));
        channels.add(new ToApi(apiPort));
        server.setChannelFactories(channels);
        server.start();
        try (OutputStream file = Files.newOutputStream(directory.resolve("key"))) {
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(user, "training", null, file);
        }
        Files.writeString(
                directory.resolve("known_hosts"),
                "[127.0.0.1]:" + server.getPort() + " " + PublicKeyEntry.toString(own.getPublic()) + "\n");
        Files.writeString(directory.resolve("cluster.yaml"), """
                apiVersion: kubewright.io/v1
                kind: Cluster
                metadata: {name: training}
                bundle: source
                ssh: {user: root, port: %d, identityFile: key, knownHosts: known_hosts, jump: none}
                acceptUntested: [calico]
                endpoint: {vip: 10.0.0.254}
                hosts: [{name: training, address: 127.0.0.1, nodeIp: 10.0.0.1, roles: [control-plane, worker]}]
                """.formatted(server.getPort()));
        return server;
    }

    /** Leads to the API server, whatever port was asked for. */
    private record ToApi(int port) implements ChannelFactory {
        @Override
        public String getName() {
            return "direct-tcpip";
        }

        @Override
        public Channel createChannel(Session session) {
            return new TcpipServerChannel(TcpForwardingFilter.Type.Direct, null) {
                @Override
                protected OpenFuture doInit(Buffer asked) {
                    Buffer ours = new ByteArrayBuffer();
                    ours.putString(asked.getString());
                    asked.getInt();
                    ours.putInt(port);
                    ours.putString(asked.getString());
                    ours.putInt(asked.getInt());
                    return super.doInit(ours);
                }
            };
        }
    }

    /** Root's shell, which reads a script to its end and says that it found what it asks for and nothing else. */
    private final class Shell implements Command {
        private final String command;
        private InputStream input;
        private OutputStream output;
        private OutputStream errors;
        private ExitCallback exit;

        Shell(String command) {
            this.command = command;
        }

        @Override
        public void setInputStream(InputStream in) {
            input = in;
        }

        @Override
        public void setOutputStream(OutputStream out) {
            output = out;
        }

        @Override
        public void setErrorStream(OutputStream err) {
            errors = err;
        }

        @Override
        public void setExitCallback(ExitCallback callback) {
            exit = callback;
        }

        @Override
        public void start(ChannelSession channel, Environment environment) {
            Thread.ofVirtual().start(() -> {
                try {
                    Matcher begin = BEGIN.matcher(command);
                    if (begin.find()) {
                        print(output, "\n" + begin.group() + " 0\n");
                        print(errors, begin.group() + "\n");
                    }
                    print(output, said(new String(input.readAllBytes(), StandardCharsets.UTF_8)));
                    exit.onExit(0);
                } catch (IOException | RuntimeException broken) {
                    exit.onExit(255, broken.toString());
                }
            });
        }

        @Override
        public void destroy(ChannelSession channel) {
            // The thread ends when its streams do.
        }
    }

    private String said(String script) throws IOException {
        Matcher mark = MARK.matcher(script);
        if (!mark.find()) {
            return script.contains("admin.conf") ? "0".repeat(64) + "\n" + kubeconfig() : "";
        }
        StringBuilder text = new StringBuilder();
        Matcher observed = OBSERVED.matcher(script);
        while (observed.find()) {
            text.append("@%s seen %s@%s %s%n".formatted(
                    mark.group(1),
                    observed.group(1),
                    observed.group(2),
                    observed.group(1).equals("facts") ? encoded(FACTS) : "-"));
        }
        return text.append("@").append(mark.group(1)).append(" end\n").toString();
    }

    private static void print(OutputStream stream, String text) throws IOException {
        stream.write(text.getBytes(StandardCharsets.UTF_8));
        stream.flush();
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    // The API server

    private static void answer(HttpExchange request) throws IOException {
        try (request) {
            String path = request.getRequestURI().getPath();
            boolean there = SERVED.containsKey(path);
            byte[] body = SERVED.getOrDefault(path, NOT_FOUND).getBytes(StandardCharsets.UTF_8);
            request.getResponseHeaders().add("Content-Type", "application/json");
            request.sendResponseHeaders(there ? 200 : 404, body.length);
            request.getResponseBody().write(body);
        }
    }

    private String kubeconfig() throws IOException {
        String authority = encoded(pem(certificate));
        return """
                apiVersion: v1
                kind: Config
                clusters: [{name: training, cluster: {server: "https://127.0.0.1:6443", certificate-authority-data: %s}}]
                contexts: [{name: training, context: {cluster: training, user: admin}}]
                current-context: training
                users: [{name: admin, user: {client-certificate-data: %s, client-key-data: %s}}]
                """.formatted(authority, authority, encoded(pem(key.getPrivate())));
    }

    private static String pem(Object item) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(item);
        }
        return text.toString();
    }

    private SSLContext tls() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("api", key.getPrivate(), new char[0], new X509Certificate[] {certificate});
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    /** Of the authority, the server and the administrator at once. */
    private X509Certificate certificate() throws GeneralSecurityException, IOException, OperatorCreationException {
        X500Name name = new X500Name("CN=training");
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                name,
                BigInteger.ONE,
                Date.from(now.minus(Duration.ofMinutes(5))),
                Date.from(now.plus(Duration.ofHours(1))),
                name,
                key.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        builder.addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(new GeneralName[] {
                    new GeneralName(GeneralName.iPAddress, "127.0.0.1"), new GeneralName(GeneralName.dNSName, "localhost")
                }));
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withRSA").build(key.getPrivate())));
    }
}
