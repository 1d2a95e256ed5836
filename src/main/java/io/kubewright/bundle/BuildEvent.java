package io.kubewright.bundle;

import java.time.Duration;

/** What a build is doing. Events of different subjects may be mixed: up to two things are made at once. */
public sealed interface BuildEvent {
    /** A part, {@code debian-13}, {@code images} or {@code tools}. */
    String subject();

    /** @param expected on two cores with nothing cached */
    record Started(String subject, String doing, Duration expected) implements BuildEvent {}

    /** Sent about every ten seconds while something is under way. */
    record Running(String subject, String doing, Duration elapsed, Duration expected) implements BuildEvent {}

    /** @param cached nothing had to be made */
    record Finished(String subject, Duration elapsed, boolean cached) implements BuildEvent {}

    /** Something the user should know, such as a program that is being installed on this machine. */
    record Notice(String subject, String text) implements BuildEvent {}
}
