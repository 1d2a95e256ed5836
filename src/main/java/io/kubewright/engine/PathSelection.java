package io.kubewright.engine;

import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which steps or proofs a command is about.
 *
 * @param only those that match one of these; all when there is none
 * @param skip but not those that match one of these
 */
public record PathSelection(List<PathPattern> only, List<PathPattern> skip) {
    public static final PathSelection ALL = new PathSelection(List.of(), List.of());

    public PathSelection {
        only = List.copyOf(only);
        skip = List.copyOf(skip);
    }

    public boolean selects(String path, String target) {
        return (only.isEmpty() || only.stream().anyMatch(pattern -> pattern.matches(path, target)))
                && skip.stream().noneMatch(pattern -> pattern.matches(path, target));
    }

    public boolean selects(StepId step) {
        return selects(step.path(), step.target());
    }

    /** The patterns that match none of these steps: the user mistyped them, so the command is refused as a whole. */
    public List<PathPattern> unmatched(Collection<StepId> steps) {
        return Stream.concat(only.stream(), skip.stream())
                .filter(pattern -> steps.stream().noneMatch(pattern::matches))
                .toList();
    }

    /** Likewise for things that only have a path, such as proofs before they ran; a pattern's target is not looked at. */
    public List<PathPattern> unmatchedPaths(Collection<String> paths) {
        return Stream.concat(only.stream(), skip.stream())
                .filter(pattern -> paths.stream().noneMatch(pattern::matchesPath))
                .toList();
    }

    /** Whether anything at this path may be selected, for some target. */
    public boolean mayInclude(String path) {
        return (only.isEmpty() || only.stream().anyMatch(pattern -> pattern.matchesPath(path)))
                && skip.stream().noneMatch(pattern -> pattern.matchesWholePath(path));
    }
}
