package io.kubewright.bundle;

import java.time.Duration;

/** What a build is doing. Events of different subjects may be mixed: several things are made at once. */
public sealed interface BuildEvent {
    /** A part, a release file, an image, {@code packages}, {@code images} or {@code tools}. */
    String subject();

    /** @param expected on two cores with nothing cached */
    record Started(String subject, String doing, Duration expected) implements BuildEvent {}

    /** Sent about every ten seconds while something is under way. */
    record Running(String subject, String doing, Duration elapsed, Duration expected) implements BuildEvent {}

    /**
     * Sent when something is going to be fetched, and about every ten seconds until it is here.
     *
     * @param received bytes so far
     * @param expected bytes in all, as far as is known by now; 0 when nothing is
     */
    record Fetching(String subject, String doing, long received, long expected) implements BuildEvent {}

    /** @param cached nothing had to be made */
    record Finished(String subject, Duration elapsed, boolean cached) implements BuildEvent {}

    /** Something the user should know, such as a program that is being installed on this machine. */
    record Notice(String subject, String text) implements BuildEvent {}
}
