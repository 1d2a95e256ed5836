package io.kubewright.cli;

import io.kubewright.cluster.Explanations;
import io.kubewright.engine.Explanation;
import java.util.List;
import java.util.Optional;

/** The clusters of real files. */
final class Clusters implements ClusterWork.Source {
    @Override
    public ClusterWork open(CommonOptions options) {
        throw new CommandException(
                ExitCode.FAILED,
                options.file() + ": this build of Kubewright cannot work on a cluster yet",
                "see kubewright --help for what it can do");
    }

    @Override
    public Optional<Explanation> explanation(String path) {
        return Explanations.load().of(path);
    }

    @Override
    public List<Explanation> explanations() {
        return Explanations.load().all();
    }
}
