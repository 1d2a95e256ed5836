package io.kubewright.kubeapi.proof;

import java.util.Optional;
import java.util.function.Function;

/** What became of a question to one place. */
public sealed interface Asked<T> {
    /** Wall-clock time from asking to the end. */
    long millis();

    /** It was answered. */
    record Answered<T>(T value, long millis) implements Asked<T> {}

    /** It was not; the reason names the place. */
    record Silent<T>(String reason, long millis) implements Asked<T> {}

    /** The answer, if there is one. */
    default Optional<T> answer() {
        return this instanceof Answered<T>(T value, long _) ? Optional.of(value) : Optional.empty();
    }

    /** Works on with the answer; silence stays silence. */
    default <R> R fold(Function<? super T, ? extends R> answered, Function<String, ? extends R> silent) {
        return switch (this) {
            case Answered<T>(T value, long _) -> answered.apply(value);
            case Silent<T>(String reason, long _) -> silent.apply(reason);
        };
    }
}
