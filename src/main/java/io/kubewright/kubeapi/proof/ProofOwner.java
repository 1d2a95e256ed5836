package io.kubewright.kubeapi.proof;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/**
 * Who made a proof namespace, so that what a killed run left can be told from what a living one uses.
 *
 * @param machine host name of the machine the run is on
 * @param started when the process started
 * @param made when the namespace was made
 */
record ProofOwner(String machine, long pid, Instant started, Instant made) {
    /** No run lasts this long. */
    private static final Duration LONGEST = Duration.ofHours(1);

    static ProofOwner ourselves() {
        ProcessHandle process = ProcessHandle.current();
        return new ProofOwner(
                machineName(), process.pid(), process.info().startInstant().orElse(Instant.EPOCH), Instant.now());
    }

    /** Whether nobody uses it any more: its process on this machine is gone, or it is too old. Unreadable means so too. */
    static boolean abandoned(String text, Instant now) {
        String[] parts = text.split(" ", -1);
        if (parts.length != 4) {
            return true;
        }
        try {
            ProofOwner owner = new ProofOwner(
                    parts[0], Long.parseLong(parts[1]), Instant.parse(parts[2]), Instant.parse(parts[3]));
            return owner.made.plus(LONGEST).isBefore(now) || owner.machine.equals(machineName()) && !owner.alive();
        } catch (NumberFormatException | DateTimeParseException _) {
            return true;
        }
    }

    private boolean alive() {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(process ->
                        process.info().startInstant().orElse(Instant.EPOCH).equals(started))
                .isPresent();
    }

    private static String machineName() {
        try {
            return InetAddress.getLocalHost().getHostName().replace(' ', '-');
        } catch (UnknownHostException _) {
            return "unknown";
        }
    }

    @Override
    public String toString() {
        return machine + " " + pid + " " + started + " " + made;
    }
}
