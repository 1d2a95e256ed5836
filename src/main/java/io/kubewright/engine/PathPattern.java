package io.kubewright.engine;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Selects steps and proofs by path: the path it names and everything under it. {@code *} stands for anything within one
 * segment, {@code **} for any number of whole segments. {@code @target} at the end narrows it to one target, in which
 * {@code *} stands for anything.
 */
public final class PathPattern {
    private static final Pattern SHAPE = Pattern.compile("[a-z0-9.:_*-]+(/[a-z0-9.:_*-]+)*(@[a-z0-9.>*-]+)?");

    private final String text;
    private final Pattern path;
    private final Pattern target;

    private PathPattern(String text, Pattern path, Pattern target) {
        this.text = text;
        this.path = path;
        this.target = target;
    }

    /** Reads a pattern; an {@link IllegalArgumentException} says what is wrong. */
    public static PathPattern parse(String text) {
        if (!SHAPE.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "not a path: \"" + text + "\"; one is written like host/sysctl, network/** or host/*@n1");
        }
        int at = text.indexOf('@');
        String path = at < 0 ? text : text.substring(0, at);
        String target = at < 0 ? "*" : text.substring(at + 1);
        return new PathPattern(text, Pattern.compile(segments(path)), Pattern.compile(stars(target, ".*")));
    }

    public boolean matches(String path, String target) {
        return this.path.matcher(path).matches() && this.target.matcher(target).matches();
    }

    /** Whether all that it may match begins with this segment. */
    public boolean isWithin(String segment) {
        return text.equals(segment) || text.startsWith(segment + "/") || text.startsWith(segment + "@");
    }

    public boolean matches(StepId step) {
        return matches(step.path(), step.target());
    }

    /** Whether it matches this path for some target. */
    boolean matchesPath(String path) {
        return this.path.matcher(path).matches();
    }

    /** Whether it matches this path for every target. */
    boolean matchesWholePath(String path) {
        return matchesPath(path) && text.indexOf('@') < 0;
    }

    private static String segments(String path) {
        List<String> segments = Arrays.asList(path.split("/"));
        StringBuilder regex = new StringBuilder();
        for (int at = 0; at < segments.size(); at++) {
            String segment = segments.get(at);
            if (segment.equals("**")) {
                // Each segment brings the slash before it, so the first one has none.
                regex.append(at == 0 ? "(?:[^/]+(?:/[^/]+)*)?" : "(?:/[^/]+)*");
            } else {
                boolean afterLeadingStars =
                        at > 0 && segments.subList(0, at).stream().allMatch("**"::equals);
                regex.append(at == 0 ? "" : afterLeadingStars ? "(?:^|/)" : "/");
                regex.append(stars(segment, "[^/]*"));
            }
        }
        return regex + "(?:/.*)?";
    }

    private static String stars(String text, String any) {
        return Arrays.stream(text.split("\\*+", -1)).map(Pattern::quote).collect(Collectors.joining(any));
    }

    @Override
    public String toString() {
        return text;
    }
}
