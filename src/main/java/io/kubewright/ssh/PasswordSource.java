package io.kubewright.ssh;

import io.kubewright.engine.Secret;
import java.util.Optional;

/** Asks a person for a password. */
@FunctionalInterface
public interface PasswordSource {
    /**
     * Shows the prompt and reads a password without showing it. Called by one thread at a time.
     *
     * @return empty when nobody can be asked, for instance because there is no terminal
     */
    Optional<Secret> ask(String prompt) throws InterruptedException;

    /** Nobody to ask. */
    PasswordSource NONE = prompt -> Optional.empty();
}
