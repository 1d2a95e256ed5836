package io.kubewright.ssh;

import io.kubewright.engine.TargetException;
import io.kubewright.engine.TargetException.Code;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.digest.BuiltinDigests;

/** Compares the key a server shows with the ones known for it. Nothing is ever learnt by itself. */
final class HostKeyCheck {
    private HostKeyCheck() {}

    /** What speaks against the server; empty when its key is known. */
    static Optional<TargetException> problem(String target, Route route, PublicKey shown) {
        List<KnownHosts.Entry> entries;
        try {
            entries = KnownHosts.of(route.knownAs(), route.port(), route.knownHosts());
        } catch (IOException unreadable) {
            return Optional.of(new TargetException(
                    target,
                    Code.HOST_KEY,
                    "the known host keys cannot be read: " + unreadable,
                    "make " + files(route) + " readable",
                    unreadable));
        }
        List<KnownHosts.Entry> same = entries.stream()
                .filter(entry -> KeyUtils.compareKeys(entry.key(), shown))
                .toList();
        Optional<KnownHosts.Entry> revoked =
                same.stream().filter(KnownHosts.Entry::revoked).findFirst();
        if (revoked.isPresent()) {
            return Optional.of(new TargetException(
                    target,
                    Code.HOST_KEY,
                    route.place() + " shows a key that " + revoked.get().place() + " revokes (" + print(shown) + ")",
                    "whoever holds that key may impersonate the host: give the host new keys first"));
        }
        if (!same.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(entries.stream()
                .filter(entry -> !entry.revoked())
                .findFirst()
                .map(known -> changed(target, route, shown, known))
                .orElseGet(() -> unknown(target, route, shown)));
    }

    private static TargetException changed(String target, Route route, PublicKey shown, KnownHosts.Entry known) {
        return new TargetException(
                target,
                Code.HOST_KEY,
                "the host key of " + route.place() + " is not the known one: it shows " + print(shown) + ", "
                        + known.place() + " says " + print(known.key())
                        + "; either the host was installed anew, or someone listens in",
                "compare the fingerprint on the host itself (ssh-keygen -lf /etc/ssh/ssh_host_"
                        + shortType(shown) + "_key.pub); if it is right, replace line " + known.line() + " of "
                        + known.file() + " by: " + line(route, shown));
    }

    private static TargetException unknown(String target, Route route, PublicKey shown) {
        return new TargetException(
                target,
                Code.HOST_KEY,
                "the host key of " + route.place() + " is not known: " + print(shown) + " is in none of " + files(route)
                        + "; without it nobody can tell the host from an impostor",
                "compare the fingerprint on the host itself (ssh-keygen -lf /etc/ssh/ssh_host_"
                        + shortType(shown) + "_key.pub); if it is right, add this line to "
                        + route.knownHosts().stream()
                                .findFirst()
                                .map(Path::toString)
                                .orElse("~/.ssh/known_hosts")
                        + ": " + line(route, shown));
    }

    private static String files(Route route) {
        return String.join(", ", route.knownHosts().stream().map(Path::toString).toList());
    }

    private static String line(Route route, PublicKey key) {
        String name = route.port() == 22 ? route.knownAs() : "[" + route.knownAs() + "]:" + route.port();
        return name + " " + PublicKeyEntry.toString(key);
    }

    private static String print(PublicKey key) {
        return KeyUtils.getKeyType(key) + " " + KeyUtils.getFingerPrint(BuiltinDigests.sha256, key);
    }

    private static String shortType(PublicKey key) {
        String type = String.valueOf(KeyUtils.getKeyType(key));
        return type.contains("ed25519") ? "ed25519" : type.contains("ecdsa") ? "ecdsa" : "rsa";
    }
}
