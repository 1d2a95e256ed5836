package io.kubewright.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What was done, by whom, when: JSON lines, each holding the hash of the one before it. Written before an action begins
 * and after it ends, and synced each time. One file a cluster.
 */
public final class Journal implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String START = "0".repeat(64);

    private final FileChannel channel;
    private long sequence;
    private String head;

    private Journal(FileChannel channel, long sequence, String head) {
        this.channel = channel;
        this.sequence = sequence;
        this.head = head;
    }

    /**
     * One line.
     *
     * @param sequence from 1, without gaps
     * @param event such as {@code begin}, {@code done}, {@code failed}
     * @param step empty for events of the run itself
     * @param hash of this line without the hash itself; covers {@code previous}
     */
    public record Entry(
            long sequence,
            Instant when,
            String who,
            String run,
            String plan,
            String event,
            Optional<StepId> step,
            String detail,
            String previous,
            String hash) {}

    /** What reading all of it found: the entries up to the first fault, and that fault. */
    public record Reading(List<Entry> entries, Optional<String> fault) {
        public String head() {
            return entries.isEmpty() ? START : entries.getLast().hash();
        }
    }

    /** Where the journal of a cluster lies: {@code $XDG_STATE_HOME/kubewright/NAME/journal.jsonl}. */
    public static Path place(String cluster) {
        String state = System.getenv("XDG_STATE_HOME");
        Path root = state != null && !state.isEmpty()
                ? Path.of(state)
                : Path.of(System.getProperty("user.home"), ".local", "state");
        return root.resolve("kubewright").resolve(cluster).resolve("journal.jsonl");
    }

    /** Opens it for writing at its end; an {@link UncheckedIOException} names the file. */
    public static Journal open(Path file) {
        try {
            Files.createDirectories(
                    file.toAbsolutePath().getParent(),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Reading reading = read(file);
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            channel.position(channel.size());
            if (reading.fault().isPresent() && channel.size() > 0) {
                // A line cut short by a power loss stays as it is; what follows starts on a line of its own.
                channel.write(ByteBuffer.wrap(new byte[] {'\n'}));
            }
            return new Journal(channel, reading.entries().size(), reading.head());
        } catch (IOException e) {
            throw new UncheckedIOException("the journal " + file + " cannot be opened: " + e.getMessage(), e);
        }
    }

    /** Adds a line and syncs it. */
    public synchronized void append(String run, String plan, String event, Optional<StepId> step, String detail) {
        ObjectNode line = JSON.createObjectNode();
        line.put("sequence", ++sequence);
        line.put("when", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
        line.put("who", System.getProperty("user.name"));
        line.put("run", run);
        line.put("plan", plan);
        line.put("event", event);
        step.ifPresent(id -> line.put("step", id.toString()));
        if (!detail.isEmpty()) {
            line.put("detail", detail);
        }
        line.put("previous", head);
        head = Digest.sha256(JSON.writeValueAsString(line));
        line.put("hash", head);
        try {
            channel.write(ByteBuffer.wrap((JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8)));
            channel.force(false);
        } catch (IOException e) {
            throw new UncheckedIOException("the journal cannot be written: " + e.getMessage(), e);
        }
    }

    /** Hash of the last line: what is anchored on the hosts. */
    public synchronized String head() {
        return head;
    }

    @Override
    public synchronized void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads and checks the chain. A missing file is an empty journal. */
    public static Reading read(Path file) {
        if (!Files.exists(file)) {
            return new Reading(List.of(), Optional.empty());
        }
        List<Entry> entries = new ArrayList<>();
        String previous = START;
        try {
            int number = 0;
            // Bytes that are no text must show as a fault in their line, so they are not refused here.
            String whole = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
            for (String text : whole.lines().toList()) {
                number++;
                Optional<Entry> entry = entry(text);
                if (entry.isEmpty()
                        || !entry.get().previous().equals(previous)
                        || entry.get().sequence() != entries.size() + 1) {
                    return new Reading(
                            List.copyOf(entries),
                            Optional.of(
                                    file + ":" + number
                                            + ": the chain breaks here: the line was changed, cut, or lines before it are missing"));
                }
                previous = entry.get().hash();
                entries.add(entry.get());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the journal " + file + " cannot be read: " + e.getMessage(), e);
        }
        return new Reading(List.copyOf(entries), Optional.empty());
    }

    private static Optional<Entry> entry(String text) {
        try {
            JsonNode node = JSON.readTree(text);
            if (!(node instanceof ObjectNode line) || !line.has("hash")) {
                return Optional.empty();
            }
            String hash = line.remove("hash").asString();
            if (!Digest.sha256(JSON.writeValueAsString(line)).equals(hash)) {
                return Optional.empty();
            }
            return Optional.of(new Entry(
                    line.path("sequence").asLong(),
                    Instant.parse(line.path("when").asString()),
                    line.path("who").asString(),
                    line.path("run").asString(),
                    line.path("plan").asString(),
                    line.path("event").asString(),
                    line.has("step")
                            ? Optional.of(StepId.parse(line.path("step").asString()))
                            : Optional.empty(),
                    line.path("detail").asString(""),
                    line.path("previous").asString(),
                    hash));
        } catch (JacksonException | IllegalArgumentException | java.time.DateTimeException e) {
            return Optional.empty();
        }
    }
}
