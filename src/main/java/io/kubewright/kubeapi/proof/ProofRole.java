package io.kubewright.kubeapi.proof;

/** What a proof pod is for. */
public enum ProofRole {
    /** Talks with everybody. */
    OPEN("open"),
    /** What network policies are tried on. */
    GUARDED("guarded");

    private final String label;

    ProofRole(String label) {
        this.label = label;
    }

    /** Value of the label {@link ProofBench#ROLE_LABEL}. */
    public String label() {
        return label;
    }

    String podName(String node) {
        return label + "-" + node;
    }
}
