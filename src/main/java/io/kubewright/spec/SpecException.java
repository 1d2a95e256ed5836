package io.kubewright.spec;

import java.util.List;
import java.util.stream.Collectors;

/** A file that cannot be used, with everything that is wrong with it. */
public final class SpecException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    public SpecException(List<Problem> problems) {
        super(problems.stream().map(Problem::render).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** Errors, refusals and warnings in the order of the file. */
    public List<Problem> problems() {
        return problems;
    }

    /** The code of the first error, or of the first refusal when there are only refusals. */
    public Code code() {
        Code.Kind kind = isRefusal() ? Code.Kind.REFUSAL : Code.Kind.ERROR;
        return problems.stream()
                .map(Problem::code)
                .filter(code -> code.kind() == kind)
                .findFirst()
                .orElseThrow();
    }

    /** The hint of the same problem as {@link #code}. */
    public String hint() {
        Code code = code();
        return problems.stream()
                .filter(problem -> problem.code() == code)
                .map(Problem::hint)
                .findFirst()
                .orElseThrow();
    }

    /** Whether the file is right and only asks for what is refused: exit 3 instead of 64. */
    public boolean isRefusal() {
        return problems.stream().map(Problem::code).noneMatch(code -> code.kind() == Code.Kind.ERROR);
    }
}
