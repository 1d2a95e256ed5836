package io.kubewright.kube;

import io.kubewright.engine.Finding;
import io.kubewright.kubeapi.proof.Asked;
import io.kubewright.kubeapi.proof.Verdict;
import io.kubewright.spec.Host;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How long certificates are still valid. */
final class CertificateJudge {
    /** Fewer days than this are too few: renewal has been missed, and somebody must still find the time. */
    static final int DAYS = 30;

    private CertificateJudge() {}

    static List<Finding> run(Map<Host, Asked<HostLook>> looks) {
        Instant now = Instant.now();
        List<Finding> findings = new ArrayList<>();
        looks.forEach((host, asked) ->
                findings.add(asked.fold(look -> judge(host.name(), look.certificates(), now), Verdict::failed)
                        .at(host.name(), asked.millis())));
        return findings;
    }

    /** @param certificates PEM texts by file */
    static Verdict judge(String host, Map<String, String> certificates, Instant now) {
        List<String> wrong = new ArrayList<>();
        List<String> right = new ArrayList<>();
        certificates.forEach((file, text) -> {
            try {
                long days = Duration.between(now, firstEnd(text)).toDays();
                if (days < DAYS) {
                    wrong.add(file + " on " + host
                            + (days < 0 ? " ended " + -days + " days ago" : " ends in " + days + " days")
                            + (file.endsWith("/kubelet-server-current.pem")
                                    ? " (kubewright apply approves the kubelet's request for the next one)"
                                    : " (renew: kubeadm certs renew)"));
                } else {
                    right.add(shortened(file) + " " + days);
                }
            } catch (CertificateException e) {
                wrong.add(file + " on " + host + " holds no certificate that can be read: " + e.getMessage());
            }
        });
        if (certificates.isEmpty()) {
            wrong.add("there is no certificate of Kubernetes on " + host);
        }
        return Verdict.of(wrong, "days left: " + String.join(", ", right));
    }

    /** The end of the certificate itself, which comes first; what follows is its chain. */
    private static Instant firstEnd(String text) throws CertificateException {
        Certificate certificate = CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)));
        if (certificate instanceof X509Certificate x509) {
            return x509.getNotAfter().toInstant();
        }
        throw new CertificateException("it is not of the X.509 kind");
    }

    private static String shortened(String file) {
        return file.replaceFirst("^/etc/kubernetes/(pki/)?", "").replaceFirst("^/var/lib/kubelet/pki/", "");
    }
}
