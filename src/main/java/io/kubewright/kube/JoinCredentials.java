package io.kubewright.kube;

import io.kubewright.engine.Digest;
import io.kubewright.engine.HostCompanion;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.Secret;
import io.kubewright.engine.StepId;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Set;

/**
 * What joins need, made for one run: a bootstrap token, the certificates of the control plane under a fresh key, and the
 * authority's certificate to know the cluster by.
 */
record JoinCredentials(Node node, Set<StepId> needs, Set<StepId> accompanies, KubeadmConfiguration configuration)
        implements HostCompanion {
    static final String PATH = "kube/join-credentials";

    private static final String TOKEN = "token";
    private static final String CERTIFICATE_KEY = "certificate-key";
    private static final String AUTHORITY = "authority";

    @Override
    public StepId id() {
        return node.step(PATH);
    }

    @Override
    public String apply(String observed, Outputs outputs) {
        Secret token = Tokens.newToken();
        Secret certificateKey = Tokens.newCertificateKey();
        outputs.put(id(), TOKEN, token);
        outputs.put(id(), CERTIFICATE_KEY, certificateKey);
        // Both commands print the secret they are given.
        return NodeState.workspace(configuration.credentials(token, certificateKey))
                + NodeState.ownAdmin(node)
                + """
                # A token whose request was answered too late may be there.
                create() {
                    kubeadm token create --kubeconfig "$directory/admin.conf" --config "$directory/kubeadm.yaml" >/dev/null ||
                        kubectl --kubeconfig "$directory/admin.conf" --request-timeout 20s -n kube-system get secret %1$s >/dev/null
                }
                upload() {
                    kubeadm init phase upload-certs --upload-certs --kubeconfig "$directory/admin.conf" \\
                        --config "$directory/kubeadm.yaml" >/dev/null
                }
                kw_wait %2$d create
                kw_wait %2$d upload
                kw_output %3$s </etc/kubernetes/pki/ca.crt
                """.formatted(Tokens.object(token), NodeState.API_PATIENCE, AUTHORITY);
    }

    /** Ends the token and the uploaded certificates before their time, once the joins are through. */
    record Revoked(Node node, Set<StepId> needs, Set<StepId> accompanies) implements HostCompanion {
        @Override
        public StepId id() {
            return node.step(PATH + "/revoked");
        }

        @Override
        public String apply(String observed, Outputs outputs) {
            return """
                    umask 077
                    directory=$(mktemp -d /run/kubewright-kubeadm.XXXXXX)
                    trap 'rm -rf "$directory"' EXIT
                    """ + NodeState.ownAdmin(node)
                    + """
                    ask() { kubectl --kubeconfig "$directory/admin.conf" --request-timeout 20s -n kube-system "$@"; }
                    # The certificates belong to a token without use that only carries their lifetime.
                    revoke() {
                        carrier=$(ask get secret kubeadm-certs --ignore-not-found \\
                            -o jsonpath='{.metadata.ownerReferences[*].name}') &&
                            ask delete secret --ignore-not-found %s kubeadm-certs $carrier
                    }
                    kw_wait %d revoke
                    """.formatted(Tokens.object(token(outputs, node.step(PATH))), NodeState.API_PATIENCE);
        }
    }

    static Secret token(Outputs outputs, StepId credentials) {
        return output(outputs, credentials, TOKEN);
    }

    static Secret certificateKey(Outputs outputs, StepId credentials) {
        return output(outputs, credentials, CERTIFICATE_KEY);
    }

    /** SHA-256 of the authority's public key, the way kubeadm's {@code caCertHashes} want it. */
    static String authorityHash(Outputs outputs, StepId credentials) {
        String certificate = output(outputs, credentials, AUTHORITY).reveal();
        try {
            return Digest.sha256(CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(certificate.getBytes(StandardCharsets.US_ASCII)))
                    .getPublicKey()
                    .getEncoded());
        } catch (CertificateException e) {
            throw new IllegalStateException(
                    credentials + ": /etc/kubernetes/pki/ca.crt is not a certificate: " + e.getMessage(), e);
        }
    }

    private static Secret output(Outputs outputs, StepId credentials, String name) {
        return outputs.get(credentials, name)
                .orElseThrow(() -> new IllegalStateException(credentials + " has not handed on its " + name));
    }
}
