package io.kubewright.spec;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Collects what is wrong with one document. Not for several threads. */
public final class Problems {
    private final Document document;
    private final List<Problem> found = new ArrayList<>();
    private final Set<Pointer> places = new HashSet<>();

    public Problems(Document document) {
        this.document = document;
    }

    /**
     * Adds a problem of the value at {@code pointer}, unless that value or one around it already has one: what follows
     * from a wrong value is not worth a second message.
     */
    public void add(Code code, Pointer pointer, String message, String hint) {
        if (isKnownWrong(pointer)) {
            return;
        }
        if (code.kind() != Code.Kind.WARNING) {
            places.add(pointer);
        }
        addAt(code, document.locate(pointer), message, hint);
    }

    /** Like {@link #add}, also when the value already has a problem: for one that does not follow from it. */
    public void addAnother(Code code, Pointer pointer, String message, String hint) {
        places.add(pointer);
        addAt(code, document.locate(pointer), message, hint);
    }

    /** Like {@link #add}, shown at the key. */
    public void addAtKey(Code code, Pointer pointer, String message, String hint) {
        if (!isKnownWrong(pointer)) {
            places.add(pointer);
            addAt(code, document.locateKey(pointer), message, hint);
        }
    }

    private void addAt(Code code, Mark mark, String message, String hint) {
        found.add(document.problem(code, mark, message, hint));
    }

    /** Whether the value at {@code pointer}, or one around it, has an error or refusal. */
    public boolean isKnownWrong(Pointer pointer) {
        return places.stream().anyMatch(pointer::isWithin);
    }

    /** In the order of the file. */
    public List<Problem> all() {
        return found.stream()
                .sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column))
                .toList();
    }

    public List<Problem> warnings() {
        return all().stream()
                .filter(problem -> problem.code().kind() == Code.Kind.WARNING)
                .toList();
    }
}
