package io.kubewright.kube;

import io.kubewright.engine.Secret;
import java.security.SecureRandom;
import java.util.HexFormat;

/** Secrets that let nodes into the cluster. */
final class Tokens {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

    private Tokens() {}

    /** A bootstrap token: six letters that name it, a dot, sixteen that are the secret. */
    static Secret newToken() {
        return Secret.of(() -> letters(6) + "." + letters(16));
    }

    /** The key that the certificates for further control planes travel under: 32 bytes in hex. */
    static Secret newCertificateKey() {
        byte[] bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return Secret.of(() -> HexFormat.of().formatHex(bytes));
    }

    /** Name of the Secret in kube-system that a bootstrap token is; its name is no secret. */
    static String object(Secret token) {
        return "bootstrap-token-" + token.reveal().substring(0, 6);
    }

    private static String letters(int count) {
        StringBuilder text = new StringBuilder();
        for (int index = 0; index < count; index++) {
            text.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
        }
        return text.toString();
    }
}
