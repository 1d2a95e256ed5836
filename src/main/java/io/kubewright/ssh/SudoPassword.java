package io.kubewright.ssh;

import io.kubewright.engine.Secret;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** The password for sudo: one for all hosts, asked for when the first of them wants it. */
final class SudoPassword {
    private static final int TRIES = 3;

    private final PasswordSource source;
    private final ReentrantLock asking = new ReentrantLock();
    private Optional<Secret> known = Optional.empty();
    private boolean accepted;
    private int asked;

    SudoPassword(PasswordSource source) {
        this.source = source;
    }

    /**
     * The password to try on a host.
     *
     * @param refused what the host has just refused
     * @return empty when there is none to try
     */
    Optional<Secret> next(String target, String user, Optional<Secret> refused) throws InterruptedException {
        asking.lockInterruptibly();
        try {
            boolean untried = known.isPresent() && (refused.isEmpty() || known.get() != refused.get());
            if (untried) {
                return known;
            }
            if (accepted || asked >= TRIES) {
                return Optional.empty();
            }
            asked++;
            String again = refused.isPresent() ? "Sorry, try again. " : "";
            known = source.ask(
                    again + "sudo password of " + user + " (asked for by " + target + ", used on all hosts): ");
            return known;
        } finally {
            asking.unlock();
        }
    }

    void accepted(Secret password) {
        asking.lock();
        try {
            accepted |= known.isPresent() && known.get() == password;
        } finally {
            asking.unlock();
        }
    }
}
