package io.kubewright.host;

import io.kubewright.engine.Refusal;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is seen of a firewall that is told rules one by one, in the order of their characters: ours, a line each, and behind a
 * word and a colon what others have, or what decides about ours.
 */
record AddedRules(List<String> lines) {
    /** A rule that is wanted and that others have made. */
    static final String THEIRS = "theirs";

    private static final Pattern WORD = Pattern.compile("[a-z][a-z -]*: .*");

    static AddedRules parse(String observed) {
        return new AddedRules(observed.lines().toList());
    }

    private static boolean isOurs(String line) {
        return !WORD.matcher(line).matches();
    }

    List<String> behind(String word) {
        return lines.stream()
                .filter(line -> line.startsWith(word + ": "))
                .map(line -> line.substring(word.length() + 2))
                .toList();
    }

    SortedSet<String> ours() {
        return lines.stream().filter(AddedRules::isOurs).collect(Collectors.toCollection(TreeSet::new));
    }

    /** What of it is for us to add. */
    SortedSet<String> own(Collection<String> wanted) {
        SortedSet<String> own = new TreeSet<>(wanted);
        behind(THEIRS).forEach(own::remove);
        return own;
    }

    /**
     * What is seen when all of it is there.
     *
     * @param passing whether a line, of a word and what is behind it, goes when ours are as wanted
     */
    String with(Collection<String> wanted, BiPredicate<String, String> passing) {
        return Stream.concat(
                        lines.stream().filter(line -> !isOurs(line) && !passes(line, passing)), own(wanted).stream())
                .sorted()
                .map(line -> line + "\n")
                .collect(Collectors.joining());
    }

    private static boolean passes(String line, BiPredicate<String, String> passing) {
        String[] parts = line.split(": ", 2);
        return passing.test(parts[0], parts[1]);
    }

    /** Another firewall, which keeps closed what this one would open. */
    Optional<Refusal> beside(String kind) {
        List<String> chains = behind("beside");
        return chains.isEmpty()
                ? Optional.empty()
                : Optional.of(new Refusal(
                        "beside %s another firewall lets nothing through here (%s)"
                                .formatted(kind, String.join(", ", chains)),
                        "let one firewall decide, or open them by hand and set host.firewall to ignore"));
    }
}
