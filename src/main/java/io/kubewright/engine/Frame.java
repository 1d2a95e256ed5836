package io.kubewright.engine;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * One line that a script sends to the operator: {@code @MARK WORD ARGUMENT…}. The mark is random per script, so that
 * noise of a login shell or of a step is never taken for a frame.
 */
record Frame(String word, List<String> arguments) {

    static Optional<Frame> parse(String mark, String line) {
        String start = "@" + mark + " ";
        int at = line.indexOf(start);
        if (at < 0) {
            return Optional.empty();
        }
        List<String> words =
                Arrays.asList(line.substring(at + start.length()).trim().split(" "));
        return Optional.of(new Frame(words.getFirst(), List.copyOf(words.subList(1, words.size()))));
    }

    StepId step() {
        return StepId.parse(arguments.getFirst());
    }

    /** What a frame {@code locked} says of a host. */
    TargetException locked(String host) {
        return new TargetException(
                host,
                TargetException.Code.LOCKED,
                "the script of another run still acts here: " + text(0).strip(),
                "Wait until that run has ended.");
    }

    /** An argument that was sent encoded; empty when it is missing, as at a line cut short. */
    String text(int index) {
        if (index >= arguments.size() || arguments.get(index).equals("-")) {
            return "";
        }
        try {
            return new String(Base64.getDecoder().decode(arguments.get(index)), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
