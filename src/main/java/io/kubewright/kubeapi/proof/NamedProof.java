package io.kubewright.kubeapi.proof;

import io.kubewright.engine.Finding;
import io.kubewright.engine.Progress;
import io.kubewright.engine.Proof;
import java.util.List;

/** A proof whose work is a function. */
public record NamedProof(String path, String claim, Body body) implements Proof {
    /** The work of a proof, under the terms of {@link Proof#run}. */
    @FunctionalInterface
    public interface Body {
        List<Finding> run(Progress progress) throws InterruptedException;
    }

    @Override
    public List<Finding> run(Progress progress) throws InterruptedException {
        return body.run(progress);
    }
}
