package io.kubewright.engine;

import java.util.Set;

/**
 * The end of a reset on a host: with the last step the records of all steps go too, the directory
 * {@code /var/lib/kubewright} as a whole.
 */
public record RecordsRemoval(StepId id, Set<StepId> needs) implements HostResource {
    /** Known to {@code prelude.sh}. */
    public static final String PATH = "host/records";

    private static final String THERE = "records of what was applied\n";

    public static RecordsRemoval of(String host, Set<StepId> needs) {
        return new RecordsRemoval(new StepId(PATH, host), Set.copyOf(needs));
    }

    /** What is seen where there are records. */
    public Observation there() {
        return new Observation.Known(THERE, "");
    }

    @Override
    public String probe() {
        return "if [ -d \"$KW_STATE/steps\" ]; then printf '%s' " + Shell.quote(THERE) + "; fi\n";
    }

    @Override
    public String desired(String observed) {
        return "";
    }

    /** The lock that this script holds goes last of all. */
    @Override
    public String apply(String observed, Outputs outputs) {
        return """
                rm -rf /run/kubewright "$KW_STATE/steps"
                find "$KW_STATE" -mindepth 1 -maxdepth 1 ! -name 'lock*' ! -name journal -exec rm -rf {} +
                """;
    }

    @Override
    public String undo() {
        return "";
    }
}
