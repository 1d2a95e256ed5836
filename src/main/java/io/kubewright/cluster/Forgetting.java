package io.kubewright.cluster;

import io.kubewright.engine.ClusterResource;
import io.kubewright.engine.Observation;
import io.kubewright.engine.Progress;
import io.kubewright.engine.StepId;
import io.kubewright.kubeapi.ClusterApi;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The end of a host that left the file: the cluster's inventory forgets it. */
record Forgetting(ClusterApi api, String host, Set<StepId> needs) implements ClusterResource {
    @Override
    public StepId id() {
        return id(host);
    }

    static StepId id(String host) {
        return StepId.cluster(Inventory.PATH + "/" + host);
    }

    @Override
    public Observation observe() throws InterruptedException {
        String text = Inventory.read(api).hosts().getOrDefault(host, "");
        return new Observation.Known(text.isEmpty() ? "" : "host " + host + "\n" + text.indent(2), "");
    }

    @Override
    public void apply(String observed, Progress progress) throws InterruptedException {
        Map<String, Object> entry = new HashMap<>();
        entry.put(Inventory.key(host), null);
        api.client().merge(Inventory.PLACE, Map.of("data", entry));
    }

    /** A host that comes back is written down again by the plan that brings it. */
    @Override
    public void undo(Progress progress) {}
}
