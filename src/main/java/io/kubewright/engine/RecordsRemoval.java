package io.kubewright.engine;

import java.util.Set;

/**
 * The end of a reset on a host: with the last step the records of all steps go too, the directory
 * {@code /var/lib/kubewright} as a whole.
 */
public record RecordsRemoval(StepId id, Set<StepId> needs) implements HostResource {
    /** Known to {@code prelude.sh}. */
    public static final String PATH = "host/records";

    private static final String FIND = "find \"$KW_STATE\" -mindepth 1 -maxdepth 1 ! -name 'lock*' ! -name journal";

    static final String THERE = "records of what was applied\n";

    public static RecordsRemoval of(String host, Set<StepId> needs) {
        return new RecordsRemoval(new StepId(PATH, host), Set.copyOf(needs));
    }

    @Override
    public String probe() {
        return "if [ -d \"$KW_STATE\" ] && [ -n \"$(" + FIND + ")\" ]; then printf '%s' " + Shell.quote(THERE)
                + "; fi\n";
    }

    @Override
    public String desired(String observed) {
        return "";
    }

    /** The lock that this script holds goes last of all. */
    @Override
    public String apply(String observed, Outputs outputs) {
        return """
                rm -rf /run/kubewright
                %s -exec rm -rf {} +
                """.formatted(FIND);
    }

    @Override
    public String undo() {
        return "";
    }
}
