package io.kubewright.kubeapi.proof;

import io.kubewright.engine.Shell;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** How tasks travel to the probe and outcomes back. */
public final class ProbeText {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private ProbeText() {}

    /** The tasks as the probe's option {@code --base64} takes them; they hold no secret. */
    public static String encode(Collection<Task> tasks) {
        return base64(tasks);
    }

    /** Anything that is not secret, as the probe's options of this name take it. */
    public static String base64(Object wanted) {
        return Base64.getEncoder()
                .encodeToString(MAPPER.writeValueAsString(wanted).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The outcomes by the id of their task.
     *
     * @throws IllegalArgumentException when the text is not what the probe prints
     */
    public static Map<String, Outcome> decode(String text) {
        try {
            Map<String, Outcome> outcomes = new LinkedHashMap<>();
            for (String line : text.strip().split("\n")) {
                Outcome outcome = MAPPER.readValue(line, Outcome.class);
                outcomes.put(outcome.id(), outcome);
            }
            return outcomes;
        } catch (JacksonException e) {
            throw new IllegalArgumentException("the probe did not print outcomes but: " + shortened(text), e);
        }
    }

    /** The probe's arguments that carry out the tasks; the outcomes come on its standard output. */
    static String arguments(Collection<Task> tasks) {
        return "tasks --deadline " + limit(tasks).plusSeconds(5).toSeconds() + "s --base64 "
                + Shell.quote(encode(tasks));
    }

    /** An upper bound of the time the tasks take side by side. */
    public static Duration limit(Collection<Task> tasks) {
        return tasks.stream().map(Task::limit).max(Duration::compareTo).orElse(Duration.ZERO);
    }

    private static String shortened(String text) {
        String line = text.strip().replace('\n', ' ');
        return line.isEmpty() ? "nothing" : line.substring(0, Math.min(line.length(), 300));
    }
}
