package io.kubewright.engine;

import java.util.Arrays;
import java.util.Locale;

/** What a plan means to do with a step. */
public enum Action {
    /** Absent, will be there. */
    CREATE,
    /** There, will be changed in place. */
    CHANGE,
    /** Cannot be changed in place: will be taken away and made anew. */
    REPLACE,
    /** There, will be gone. */
    REMOVE,
    /** As wanted. */
    SAME,
    /** Cannot be observed yet: its present state is read at run time, and then it is made as the plan says or left. */
    DEFERRED,
    /** Has no state of its own and runs because a step it accompanies acts. */
    ACCOMPANY;

    /** The word in JSON and for people, such as {@code create}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether something is done for it. */
    public boolean acts() {
        return this != SAME;
    }

    /** The action of that word; an {@link IllegalArgumentException} says what is wrong. */
    public static Action ofWord(String word) {
        return Arrays.stream(values())
                .filter(action -> action.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("not an action of a plan: " + word));
    }
}
