package io.kubewright.host;

import io.kubewright.engine.Blob;
import io.kubewright.engine.HostResource;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.Refusal;
import io.kubewright.engine.StepId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Packages of the operating system, in whatever version is there. */
record Packages(StepId id, PackageSource source) implements HostResource {
    @Override
    public Set<StepId> needs() {
        return Set.of();
    }

    @Override
    public String probe() {
        return source.probe();
    }

    @Override
    public String desired(String observed) {
        return source.wanted().stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    @Override
    public String apply(String observed, Outputs outputs) {
        return source.install(missing(observed));
    }

    @Override
    public String undo() {
        return source.undo();
    }

    @Override
    public Set<Blob> blobs(String observed) {
        return source.blobs(missing(observed));
    }

    @Override
    public Optional<Refusal> refusal(String observed) {
        return source.refusal(missing(observed));
    }

    private List<String> missing(String observed) {
        Set<String> present = observed.lines().collect(Collectors.toSet());
        return source.wanted().stream().filter(line -> !present.contains(line)).toList();
    }
}
