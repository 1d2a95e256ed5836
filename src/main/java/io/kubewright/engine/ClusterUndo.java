package io.kubewright.engine;

import java.util.Set;

/** An applied resource of the cluster on its way back: the state it shall have is not to be there. */
public record ClusterUndo(ClusterResource resource, Set<StepId> needs) implements ClusterResource {
    @Override
    public StepId id() {
        return resource.id();
    }

    @Override
    public Observation observe() throws InterruptedException {
        return gone(resource.observe());
    }

    @Override
    public Observation observe(Look look) throws InterruptedException {
        return gone(resource.observe(look));
    }

    private static Observation gone(Observation observation) {
        return switch (observation) {
            case Observation.Known(String observed, String _) -> new Observation.Known(observed, "");
            case Observation.Deferred _ -> new Observation.Known("", "");
            case Observation.Unreachable unreachable -> unreachable;
        };
    }

    @Override
    public void apply(String observed, Progress progress) throws InterruptedException {
        resource.undo(progress);
    }

    @Override
    public void undo(Progress progress) {}
}
