package io.kubewright.kubeapi;

import io.kubewright.engine.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * An object as the canonical text of a resource: YAML in which a Secret's data are keyed hashes, and the schemas of a
 * custom resource definition, hundreds of lines each, are digests.
 */
final class StateText {
    private static final int SHOWN_DIGITS = 32;

    private StateText() {}

    /** @param hashKey of the cluster; without it a Secret's data show as not known yet */
    static String of(Map<String, Object> content, Optional<Secret> hashKey) {
        Object kind = content.getOrDefault("kind", "");
        Map<String, Object> shown = new LinkedHashMap<>(content);
        if (kind.equals("Secret")) {
            shown.computeIfPresent("data", (_, data) -> hashed(Values.map(data), hashKey));
        } else if (kind.equals("CustomResourceDefinition")) {
            shown.computeIfPresent("spec", (_, spec) -> withDigests(Values.map(spec)));
        }
        return KubeYaml.write(shown);
    }

    private static Map<String, Object> hashed(Map<String, Object> data, Optional<Secret> hashKey) {
        Map<String, Object> hashed = new LinkedHashMap<>();
        data.forEach((key, value) -> hashed.put(
                key,
                hashKey.map(secret -> "hmac-sha256:" + hmac(secret, value.toString()))
                        .orElse("set when the cluster exists")));
        return hashed;
    }

    private static Map<String, Object> withDigests(Map<String, Object> spec) {
        List<Object> versions = new ArrayList<>();
        for (Object version : Values.list(spec.get("versions"))) {
            Map<String, Object> shown = new LinkedHashMap<>(Values.map(version));
            shown.computeIfPresent("schema", (_, schema) -> "sha256:" + sha256(canonicalJson(schema)));
            versions.add(shown);
        }
        Map<String, Object> shown = new LinkedHashMap<>(spec);
        shown.put("versions", versions);
        return shown;
    }

    private static String canonicalJson(Object value) {
        return Json.write(sorted(value));
    }

    private static Object sorted(Object value) {
        if (value instanceof Map<?, ?>) {
            Map<String, Object> sorted = new TreeMap<>();
            Values.map(value).forEach((key, each) -> sorted.put(key, sorted(each)));
            return sorted;
        }
        return value instanceof List<?>
                ? Values.list(value).stream().map(StateText::sorted).toList()
                : value;
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, SHOWN_DIGITS);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String hmac(Secret key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.reveal().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of()
                    .formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)))
                    .substring(0, SHOWN_DIGITS);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HMAC-SHA256", e);
        }
    }
}
