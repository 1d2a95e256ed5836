package io.kubewright.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kubewright.engine.Scope;
import io.kubewright.engine.TargetException;
import io.kubewright.engine.TargetException.Code;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can go wrong on the way to a host and while a script runs, each with its code and its words. */
class FaultTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private static TargetException failure(SshHosts hosts) {
        return failure(hosts, SOON);
    }

    private static TargetException failure(SshHosts hosts, Duration deadline) {
        return catchThrowableOfType(TargetException.class, () -> hosts.get("n1").run("echo ran", deadline, line -> {}));
    }

    @Test
    void anUnknownKeyNamesTheLineToAdd() throws Exception {
        try (FaultyServer server = new FaultyServer(directory, streams -> 0)) {
            SshSettings settings = server.settings("# nobody is known");
            String line;
            try (SshHosts hosts = server.hosts(settings)) {
                TargetException failure = failure(hosts);
                assertThat(failure.code()).isEqualTo(Code.HOST_KEY);
                assertThat(failure)
                        .hasMessageContaining("n1: ")
                        .hasMessageContaining("not known")
                        .hasMessageContaining(KeyUtils.getFingerPrint(server.hostKey()));
                line = failure.hint().substring(failure.hint().indexOf("[127.0.0.1]"));
            }
            // What the hint says is true: with that line it works.
            try (SshHosts hosts = server.hosts(server.settings("# nobody is known", line))) {
                assertThat(hosts.get("n1").run("true", SOON, each -> {}).exitCode())
                        .isZero();
            }
        }
    }

    @Test
    void aChangedKeyNamesFileAndLine() throws Exception {
        try (FaultyServer server = new FaultyServer(directory, streams -> 0)) {
            PublicKey old = FaultyServer.newKey().getPublic();
            try (SshHosts hosts = server.hosts(server.settings("# first", "", server.knownLine(old)))) {
                TargetException failure = failure(hosts);
                assertThat(failure.code()).isEqualTo(Code.HOST_KEY);
                assertThat(failure)
                        .hasMessageContaining(directory.resolve("known_hosts") + ":3")
                        .hasMessageContaining(KeyUtils.getFingerPrint(old))
                        .hasMessageContaining(KeyUtils.getFingerPrint(server.hostKey()));
                assertThat(failure.hint()).contains("replace line 3");
            }
        }
    }

    @Test
    void aRevokedKeyIsRefusedEvenWhenKnown() throws Exception {
        try (FaultyServer server = new FaultyServer(directory, streams -> 0)) {
            String line = server.knownLine(server.hostKey());
            try (SshHosts hosts = server.hosts(server.settings(line, "@revoked " + line))) {
                TargetException failure = failure(hosts);
                assertThat(failure.code()).isEqualTo(Code.HOST_KEY);
                assertThat(failure).hasMessageContaining("known_hosts:2 revokes");
            }
        }
    }

    @Test
    void aRefusedKeyIsNamed() throws Exception {
        try (FaultyServer server = new FaultyServer(directory, streams -> 0);
                SshHosts hosts = server.hosts()) {
            server.refuseKeys();
            TargetException failure = failure(hosts);
            assertThat(failure.code()).isEqualTo(Code.AUTHENTICATION);
            assertThat(failure)
                    .hasMessageContaining("root@127.0.0.1:" + server.port())
                    .hasMessageContaining(
                            KeyUtils.getFingerPrint(server.userKey().getPublic()))
                    .hasMessageContaining(directory.resolve("key").toString());
            assertThat(failure.hint()).contains("authorized_keys");
        }
    }

    @Test
    void anIdentityFileThatIsMissingOrNoKeyIsNamed() throws Exception {
        try (FaultyServer server = new FaultyServer(directory, streams -> 0)) {
            SshSettings settings = server.settings(server.knownLine(server.hostKey()));
            Files.writeString(directory.resolve("key"), "no key at all");
            try (SshHosts hosts = server.hosts(settings)) {
                TargetException failure = failure(hosts);
                assertThat(failure.code()).isEqualTo(Code.AUTHENTICATION);
                assertThat(failure)
                        .hasMessageContaining("not usable: ")
                        .hasMessageContaining(directory.resolve("key").toString());
            }
            Files.delete(directory.resolve("key"));
            try (SshHosts hosts = server.hosts(settings)) {
                assertThat(failure(hosts)).hasMessageContaining("does not exist");
            }
        }
    }

    /** A plan asks a host for several things at once: its user waits for one attempt, not for one after the other. */
    @Test
    void whoAsksAtTheSameTimeIsToldTheSame() throws Exception {
        try (FaultyServer server = new FaultyServer(directory, streams -> 0);
                ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            SshSettings known = at(
                    server.settings(server.knownLine(server.hostKey())),
                    "127.0.0.1",
                    silent.getLocalPort(),
                    Duration.ofSeconds(2));
            AtomicInteger attempts = new AtomicInteger();
            Thread.ofVirtual().start(() -> {
                List<Socket> held = new ArrayList<>();
                try {
                    while (true) {
                        held.add(silent.accept());
                        attempts.incrementAndGet();
                    }
                } catch (IOException _) {
                    // Closed with the test.
                }
            });
            try (SshHosts hosts = server.hosts(known)) {
                List<Callable<TargetException>> asking = Collections.nCopies(3, () -> failure(hosts));
                assertThat(Scope.allOrThrow(asking))
                        .allSatisfy(failure -> assertThat(failure).hasMessageContaining("no answer"));
                assertThat(attempts).hasValue(1);
                assertThat(failure(hosts))
                        .as("who asks later has an attempt of its own")
                        .isNotNull();
                assertThat(attempts).hasValue(2);
            }
        }
    }

    @Test
    void whoDoesNotAnswerIsUnreachable() throws Exception {
        try (FaultyServer server = new FaultyServer(directory, streams -> 0)) {
            SshSettings known = server.settings(server.knownLine(server.hostKey()));
            try (SshHosts hosts = server.hosts(at(known, "127.0.0.1", RealSshd.freePort()))) {
                TargetException refused = failure(hosts);
                assertThat(refused.code()).isEqualTo(Code.UNREACHABLE);
                assertThat(refused).hasMessageContaining("connection refused");
            }
            try (SshHosts hosts = server.hosts(at(known, "no-such-host.invalid", 22))) {
                TargetException unresolved = failure(hosts);
                assertThat(unresolved.code()).isEqualTo(Code.UNREACHABLE);
                assertThat(unresolved).hasMessageContaining("no-such-host.invalid");
            }
            try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                    SshHosts hosts = server.hosts(at(known, "127.0.0.1", silent.getLocalPort()))) {
                long start = System.nanoTime();
                TargetException late = failure(hosts, Duration.ofSeconds(2));
                assertThat(late.code()).isEqualTo(Code.UNREACHABLE);
                assertThat(late).hasMessageContaining("no answer");
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
            }
            try (ServerSocket other = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                    SshHosts hosts = server.hosts(at(known, "127.0.0.1", other.getLocalPort()))) {
                Thread.ofVirtual().start(() -> {
                    try (Socket socket = other.accept()) {
                        socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes("US-ASCII"));
                    } catch (java.io.IOException ended) {
                        // The test sees it.
                    }
                });
                assertThat(failure(hosts).code()).isEqualTo(Code.UNREACHABLE);
            }
        }
    }

    private static SshSettings at(SshSettings settings, String address, int port) {
        return at(settings, address, port, settings.connectTimeout());
    }

    private static SshSettings at(SshSettings settings, String address, int port, Duration connectTimeout) {
        return new SshSettings(
                settings.name(),
                address,
                Optional.of(port),
                settings.user(),
                settings.become(),
                settings.identityFile(),
                settings.jump(),
                settings.knownHosts(),
                connectTimeout);
    }

    @Test
    void aConnectionThatBreaksWhileAScriptRunsIsLost() throws Exception {
        List<String> lines = new ArrayList<>();
        try (FaultyServer server = new FaultyServer(directory, streams -> {
                    streams.script();
                    streams.print("begun\n");
                    streams.cut().run();
                    return 0;
                });
                SshHosts hosts = server.hosts()) {
            TargetException lost = catchThrowableOfType(
                    TargetException.class, () -> hosts.get("n1").run("x", SOON, lines::add));
            assertThat(lost.code()).isEqualTo(Code.LOST);
            assertThat(lost).hasMessageContaining("broke off");
        }
    }

    @Test
    void outputWithoutEndMeetsTheDeadline() throws Exception {
        try (FaultyServer server = new FaultyServer(directory, streams -> {
                    while (true) {
                        streams.print("on and on\n");
                    }
                });
                SshHosts hosts = server.hosts()) {
            assertThat(failure(hosts, Duration.ofSeconds(4)).code()).isEqualTo(Code.DEADLINE);
        }
    }

    @Test
    void aSlowScriptIsWaitedForAndItsLinesComeAsTheyArePrinted() throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        try (FaultyServer server = new FaultyServer(directory, streams -> {
                    streams.print("first\n");
                    return seen.await(20, TimeUnit.SECONDS) ? 4 : 5;
                });
                SshHosts hosts = server.hosts()) {
            assertThat(hosts.get("n1").run("x", SOON, line -> seen.countDown()).exitCode())
                    .isEqualTo(4);
        }
    }

    @Test
    void anInterruptEndsTheWaitAtOnce() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        try (FaultyServer server = new FaultyServer(directory, streams -> {
                    streams.print("first\n");
                    streams.input().transferTo(java.io.OutputStream.nullOutputStream());
                    new CountDownLatch(1).await();
                    return 0;
                });
                SshHosts hosts = server.hosts()) {
            Thread caller = Thread.ofVirtual().start(() -> {
                try {
                    hosts.get("n1").run("x", SOON, line -> running.countDown());
                } catch (InterruptedException interrupted) {
                    ended.countDown();
                }
            });
            assertThat(running.await(20, TimeUnit.SECONDS)).isTrue();
            caller.interrupt();
            assertThat(ended.await(2, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void theScriptArrivesWholeAndInBraces() throws Exception {
        List<String> received = new ArrayList<>();
        try (FaultyServer server = new FaultyServer(directory, streams -> {
                    received.add(streams.script());
                    return 0;
                });
                SshHosts hosts = server.hosts()) {
            hosts.get("n1").run("echo 'ä'", SOON, line -> {});
            assertThat(received).hasSize(1);
            assertThat(received.getFirst()).startsWith("exec /bin/sh -s\n").endsWith("\n{ :\necho 'ä'\n} </dev/null\n");
        }
    }

    @Test
    void knownKeysAreReadFromHashedAndPlainLines() throws Exception {
        PublicKey key = FaultyServer.newKey().getPublic();
        Path file = Files.write(
                directory.resolve("known"),
                List.of(
                        "not a line",
                        "other.example " + PublicKeyEntry.toString(key),
                        "cp1,10.0.0.1 " + PublicKeyEntry.toString(key),
                        "@cert-authority cp1 " + PublicKeyEntry.toString(key)));
        assertThat(KnownHosts.of("10.0.0.1", 22, List.of(directory.resolve("missing"), file)))
                .singleElement()
                .satisfies(entry -> assertThat(entry.place()).isEqualTo(file + ":3"));
        assertThat(KnownHosts.of("10.0.0.1", 2222, List.of(file))).isEmpty();
    }
}
