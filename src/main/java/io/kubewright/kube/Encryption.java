package io.kubewright.kube;

import io.kubewright.engine.HostCompanion;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.Secret;
import io.kubewright.engine.StepId;
import io.kubewright.engine.resource.Heredoc;
import java.util.Optional;
import java.util.Set;

/**
 * The key that Secrets in etcd are encrypted with: made once, on the first control plane, and handed from there to the
 * others in memory.
 *
 * <p>On a cluster that runs already it is switched on in three steps, so that at no time an API server meets a Secret it cannot
 * read: first all learn the key and go on writing plain text, then all write with it, then every Secret is written once more.
 */
final class Encryption {
    private static final String CONFIGURATION = "configuration";

    private Encryption() {}

    /** Hands on the key, and makes it when a cluster that runs has none yet. */
    record Key(Node node, Set<StepId> needs, Set<StepId> accompanies) implements HostCompanion {
        static final String PATH = "kube/encryption/key";

        @Override
        public StepId id() {
            return node.step(PATH);
        }

        @Override
        public String apply(String observed, Outputs outputs) {
            return Templates.text("encryption.sh") + "new_encryption readable\nkw_output " + CONFIGURATION
                    + " <\"$encryption\"\n";
        }
    }

    /** An API server that runs without encryption learns the key, and writes plain text until all have it. */
    record Readable(
            Node node, Set<StepId> needs, Set<StepId> accompanies, StepId key, KubeadmConfiguration configuration)
            implements HostCompanion {
        static final String PATH = "kube/encryption/readable";

        @Override
        public StepId id() {
            return node.step(PATH);
        }

        @Override
        public String apply(String observed, Outputs outputs) {
            return configuration.functions()
                    + NodeState.workspace(configuration.again(node, NodeSettings.Encryption.READABLE))
                    + NodeState.ownAdmin(node)
                    + Templates.text(
                            "encryption-readable.sh",
                            "PLACE",
                            configuration.place(node) + learnt(outputs) + "encryption readable\n");
        }

        /** Where the key was made it lies already. */
        private String learnt(Outputs outputs) {
            return key.target().equals(node.name()) ? "" : received(outputs, key);
        }
    }

    /** Every Secret that is still plain text in etcd is written once more, as it is. */
    record Rewritten(Node node, Set<StepId> needs, Set<StepId> accompanies) implements HostCompanion {
        static final String PATH = "kube/encryption/rewritten";

        @Override
        public StepId id() {
            return node.step(PATH);
        }

        @Override
        public String apply(String observed, Outputs outputs) {
            return """
                    directory=$(umask 077 && mktemp -d /run/kubewright-kubeadm.XXXXXX)
                    trap 'rm -rf "$directory"' EXIT
                    """
                    + NodeState.ownAdmin(node)
                    + Templates.text("etcd.sh")
                    + Templates.text("secrets.sh")
                    + Templates.text("encryption-rewrite.sh");
        }
    }

    /** Fragment that puts the key where the API server reads it; needs the functions of settings. */
    static String received(Outputs outputs, StepId key) {
        Optional<Secret> configuration = outputs.get(key, CONFIGURATION);
        return "place encryption.yaml "
                + Heredoc.of(configuration
                        .orElseThrow(() -> new IllegalStateException(key + " has not handed on the key"))
                        .reveal());
    }
}
