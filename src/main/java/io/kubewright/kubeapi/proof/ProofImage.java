package io.kubewright.kubeapi.proof;

import java.util.List;

/**
 * The image that proof pods run.
 *
 * @param ref as the bundle names it
 * @param probe path of the probe binary in it
 * @param pullPolicy of the bundle: Never or IfNotPresent
 */
public record ProofImage(String ref, String probe, String pullPolicy) {
    List<String> serve(String name) {
        return List.of(
                probe,
                "answer",
                // Should nobody delete the pod, it ends by itself.
                "--deadline",
                "3h",
                "--name",
                name,
                "--echo",
                Integer.toString(ProofPod.ECHO_PORT),
                "--http",
                Integer.toString(ProofPod.HTTP_PORT));
    }
}
