package io.kubewright;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Good input, damaged in seeded ways, for readers that must bear all of it. {@code -Dkubewright.fuzz=N} sets how many
 * damages each reader gets, {@code -Dkubewright.fuzz.seed} where they begin; both are told.
 */
public final class Fuzz {
    private static final Duration AT_MOST = Duration.ofSeconds(30);
    private static final long SEED = 20261122;
    private static final int PIECE = 40;

    /** What is done with one damaged input; it throws what makes the test fail. */
    @FunctionalInterface
    public interface Reader {
        void read(byte[] damaged) throws Exception;
    }

    /** One way to do damage. */
    @FunctionalInterface
    public interface Damage {
        byte[] to(byte[] good, SplittableRandom random);
    }

    private Fuzz() {}

    /**
     * Lets the reader read.
     *
     * @param sample how many where the command line names no number
     */
    public static void run(String name, byte[] good, int sample, Damage damage, Reader reader) {
        long seed = Long.getLong("kubewright.fuzz.seed", SEED);
        int count = Integer.getInteger("kubewright.fuzz", sample);
        System.out.println("fuzz " + name + ": " + count + " from seed " + seed);
        for (int i = 0; i < count; i++) {
            byte[] damaged = damage.to(good, new SplittableRandom(seed + i));
            try {
                assertTimeoutPreemptively(AT_MOST, () -> reader.read(damaged));
            } catch (Throwable failed) {
                throw new AssertionError(
                        name + " with -Dkubewright.fuzz.seed=" + (seed + i) + " -Dkubewright.fuzz=1:\n"
                                + new String(damaged, StandardCharsets.UTF_8),
                        failed);
            }
        }
    }

    /** One to four changes of bytes: flipped, inserted, dropped, doubled, cut off, swapped for one of the pieces. */
    public static byte[] bytes(byte[] good, List<String> pieces, SplittableRandom random) {
        byte[] bytes = good;
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            bytes = once(bytes, pieces, random);
        }
        return bytes;
    }

    private static byte[] once(byte[] bytes, List<String> pieces, SplittableRandom random) {
        int at = random.nextInt(bytes.length + 1);
        int end = Math.min(bytes.length, at + random.nextInt(PIECE));
        byte[] piece = pieces.get(random.nextInt(pieces.size())).getBytes(StandardCharsets.UTF_8);
        return switch (random.nextInt(7)) {
            case 0 -> spliced(bytes, at, Math.min(bytes.length, at + 1), new byte[] {(byte) random.nextInt(256)});
            case 1 -> spliced(bytes, at, at, new byte[] {(byte) random.nextInt(256)});
            case 2 -> spliced(bytes, at, end, new byte[0]);
            case 3 -> spliced(bytes, at, at, Arrays.copyOfRange(bytes, at, end));
            case 4 -> Arrays.copyOf(bytes, at);
            case 5 -> spliced(bytes, at, end, piece);
            default -> spliced(bytes, at, at, piece);
        };
    }

    private static byte[] spliced(byte[] bytes, int from, int to, byte[] with) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(bytes, 0, from);
        all.writeBytes(with);
        all.write(bytes, to, bytes.length - to);
        return all.toByteArray();
    }
}
