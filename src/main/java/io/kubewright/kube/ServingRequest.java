package io.kubewright.kube;

import io.kubewright.kubeapi.KubeObject;
import io.kubewright.spec.Host;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

/**
 * A kubelet's request for the certificate it serves with, a CertificateSigningRequest of the signer
 * {@code kubernetes.io/kubelet-serving}. Whoever holds a node's identity can ask for any name; nothing in Kubernetes holds the
 * names against what the host is, so nothing approves such requests by itself.
 */
record ServingRequest(KubeObject object) {
    static final String SIGNER = "kubernetes.io/kubelet-serving";

    private static final String USER = "system:node:";
    private static final String GROUP = "system:nodes";

    /** As kubelets ask (Kubernetes 1.27 and later leave out key encipherment for keys that cannot). */
    private static final Set<Set<String>> USAGES = Set.of(
            Set.of("digital signature", "server auth"), Set.of("digital signature", "key encipherment", "server auth"));

    static boolean isOne(KubeObject object) {
        return object.at("spec", "signerName").text("").equals(SIGNER);
    }

    /** Neither approved nor denied. */
    boolean isPending() {
        return object.at("status", "conditions").items().isEmpty();
    }

    /** The node that asks, by the identity that it asked with. */
    Optional<String> node() {
        return object.at("spec", "username")
                .text()
                .filter(user -> user.startsWith(USER))
                .map(user -> user.substring(USER.length()));
    }

    /** Why this host may not have what is asked for; empty when it is exactly its own. */
    Optional<String> objection(Host host) {
        List<String> wrong = new ArrayList<>();
        String user = object.at("spec", "username").text("");
        if (!user.equals(USER + host.name())) {
            wrong.add("it was made by " + user);
        }
        if (!texts("spec", "groups").contains(GROUP)) {
            wrong.add("who made it is not in the group " + GROUP);
        }
        if (!USAGES.contains(texts("spec", "usages"))) {
            wrong.add("it is for " + String.join(", ", texts("spec", "usages")));
        }
        try {
            names(host, wrong);
        } catch (IOException | IllegalArgumentException e) {
            wrong.add("it cannot be read: " + e.getMessage());
        }
        return wrong.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", wrong));
    }

    private Set<String> texts(String... path) {
        Set<String> texts = new TreeSet<>();
        object.at(path).items().stream().map(each -> each.text("")).forEach(texts::add);
        return texts;
    }

    private void names(Host host, List<String> wrong) throws IOException {
        PKCS10CertificationRequest request = read();
        if (!request.getSubject().equals(new X500Name("O=" + GROUP + ",CN=" + USER + host.name()))) {
            wrong.add("its subject is " + request.getSubject());
        }
        Extensions extensions = request.getRequestedExtensions();
        GeneralNames names =
                extensions == null ? null : GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName);
        Set<String> asked = new TreeSet<>();
        if (names != null) {
            for (GeneralName name : names.getNames()) {
                asked.add(text(name));
            }
        }
        Set<String> own = new TreeSet<>(Set.of("DNS " + host.name()));
        host.nodeIps().forEach(ip -> own.add("IP " + ip));
        if (!asked.equals(own)) {
            wrong.add("it asks for " + String.join(", ", asked) + " where the host is " + String.join(", ", own));
        }
    }

    private PKCS10CertificationRequest read() throws IOException {
        String pem = new String(
                Base64.getDecoder().decode(object.at("spec", "request").text("")), StandardCharsets.US_ASCII);
        try (PEMParser parser = new PEMParser(new java.io.StringReader(pem))) {
            if (parser.readObject() instanceof PKCS10CertificationRequest request) {
                return request;
            }
        }
        throw new IOException("no PEM block CERTIFICATE REQUEST");
    }

    private static String text(GeneralName name) throws IOException {
        return switch (name.getTagNo()) {
            case GeneralName.dNSName -> "DNS " + name.getName();
            case GeneralName.iPAddress ->
                "IP "
                        + io.kubewright.spec.IpAddress.parse(java.net.InetAddress.getByAddress(
                                        org.bouncycastle.asn1.ASN1OctetString.getInstance(name.getName())
                                                .getOctets())
                                .getHostAddress());
            default -> "a name of kind " + name.getTagNo() + " " + name.getName();
        };
    }

    String name() {
        return object.name();
    }
}
