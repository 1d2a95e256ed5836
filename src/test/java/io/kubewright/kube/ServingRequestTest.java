package io.kubewright.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.kubeapi.KubeObject;
import io.kubewright.spec.Host;
import io.kubewright.spec.Role;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;

/** Only what is exactly the host's own is approved. */
class ServingRequestTest {
    private static final Host HOST = Samples.host("n1", 11, EnumSet.of(Role.WORKER));
    private static final List<String> USAGES = List.of("digital signature", "server auth");

    static GeneralName dns(String name) {
        return new GeneralName(GeneralName.dNSName, name);
    }

    static GeneralName ip(String address) {
        return new GeneralName(GeneralName.iPAddress, address);
    }

    static String request(String subject, GeneralName... names) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair keys = generator.generateKeyPair();
        JcaPKCS10CertificationRequestBuilder builder =
                new JcaPKCS10CertificationRequestBuilder(new X500Name(subject), keys.getPublic());
        if (names.length > 0) {
            ExtensionsGenerator extensions = new ExtensionsGenerator();
            extensions.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
            builder.addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate());
        }
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
        }
        return Base64.getEncoder().encodeToString(text.toString().getBytes(StandardCharsets.US_ASCII));
    }

    private static ServingRequest asked(String user, List<String> usages, String request) {
        KubeObject object = new KubeObject(Map.of(
                "apiVersion",
                "certificates.k8s.io/v1",
                "kind",
                "CertificateSigningRequest",
                "metadata",
                Map.of("name", "csr-x"),
                "spec",
                Map.of(
                        "signerName", ServingRequest.SIGNER,
                        "username", user,
                        "groups", List.of("system:nodes", "system:authenticated"),
                        "usages", usages,
                        "request", request)));
        return new ServingRequest(object);
    }

    private static String objection(String user, List<String> usages, String request) {
        return asked(user, usages, request).objection(HOST).orElse("");
    }

    private static String objection(GeneralName... names) throws Exception {
        return objection("system:node:n1", USAGES, request("O=system:nodes,CN=system:node:n1", names));
    }

    @Test
    void theHostsOwnNameAndAddressAreApproved() throws Exception {
        assertThat(objection(dns("n1"), ip("10.20.0.11"))).isEmpty();
        assertThat(objection(
                        "system:node:n1",
                        List.of("key encipherment", "digital signature", "server auth"),
                        request("O=system:nodes,CN=system:node:n1", dns("n1"), ip("10.20.0.11"))))
                .isEmpty();
    }

    @Test
    void anythingMoreOrLessIsNot() throws Exception {
        assertThat(objection(dns("n1"), ip("10.20.0.11"), dns("api.corp.local")))
                .isEqualTo(
                        "it asks for DNS api.corp.local, DNS n1, IP 10.20.0.11 where the host is DNS n1, IP 10.20.0.11");
        assertThat(objection(dns("n1"), ip("10.20.0.10"))).contains("it asks for DNS n1, IP 10.20.0.10");
        assertThat(objection(dns("n1"))).contains("it asks for DNS n1 where");
        assertThat(objection()).contains("it asks for  where");
        assertThat(objection(
                        dns("n1"),
                        ip("10.20.0.11"),
                        new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://x")))
                .contains("a name of kind 6 spiffe://x");
    }

    @Test
    void anothersRequestIsNot() throws Exception {
        String own = request("O=system:nodes,CN=system:node:n1", dns("n1"), ip("10.20.0.11"));
        assertThat(objection("system:node:n2", USAGES, own)).isEqualTo("it was made by system:node:n2");
        assertThat(objection("kubernetes-admin", USAGES, own)).contains("it was made by kubernetes-admin");
        String another = request("O=system:nodes,CN=system:node:n2", dns("n1"), ip("10.20.0.11"));
        assertThat(objection("system:node:n1", USAGES, another)).contains("its subject is");
        String masters = request("O=system:masters,CN=system:node:n1", dns("n1"), ip("10.20.0.11"));
        assertThat(objection("system:node:n1", USAGES, masters)).contains("its subject is");
    }

    @Test
    void forAnotherUseOrUnreadableItIsNot() throws Exception {
        String own = request("O=system:nodes,CN=system:node:n1", dns("n1"), ip("10.20.0.11"));
        assertThat(objection("system:node:n1", List.of("digital signature", "client auth"), own))
                .isEqualTo("it is for client auth, digital signature");
        Stream.of("", "bm90aGluZw==", "!")
                .forEach(text ->
                        assertThat(objection("system:node:n1", USAGES, text)).contains("it cannot be read"));
    }

    private static ServingRequest asking(String address) throws Exception {
        return asked("system:node:n1", USAGES, request("O=system:nodes,CN=system:node:n1", dns("n1"), ip(address)));
    }

    /** From a time when the host had another address; Kubernetes keeps it for a day. */
    @Test
    void aRequestThatMayNotBeGrantedIsNoReasonToActWhereTheKubeletServes() throws Exception {
        ServingRequest stale = asking("10.20.0.111");
        ServingRequest own = asking(HOST.nodeIp().toString());
        assertThat(own.objection(HOST)).isEmpty();

        assertThat(ServingCertificates.State.of(HOST, List.of(stale), true).well())
                .isTrue();
        assertThat(ServingCertificates.State.of(HOST, List.of(stale), false).well())
                .isFalse();
        ServingCertificates.State both = ServingCertificates.State.of(HOST, List.of(stale, own), true);
        assertThat(both.well()).isFalse();
        assertThat(both.waiting()).contains(own);
    }
}
