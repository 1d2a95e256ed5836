package io.kubewright;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Some hypervisors take back every page that their guest has free, and a page touched anew costs ten times what it costs
 * otherwise: enough to keep five nodes on a small machine from ever coming to rest. What the page cache holds is not taken
 * back and is given up at once to whom needs it; so as long as integration tests run on such a machine, most of its free
 * memory is made page cache, by reading holes of a file.
 */
public final class KeptMemory implements LauncherSessionListener {
    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final long MIB = 1L << 20;
    private static final long LEFT_FREE = 2048 * MIB;
    private static final long WORTH_IT = 1024 * MIB;
    private static final Duration BETWEEN = Duration.ofSeconds(15);
    /** The most that the smallest of the usual file systems takes for one file. */
    private static final long END = 8L << 40;

    private static final int PAGE = 4096;
    private static final int TRIED = (int) (32 * MIB);
    /** For a page; a guest that keeps its pages takes less than 2 µs. */
    private static final Duration SLOW = Duration.ofNanos(6000);

    private Thread keeper;

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        if (Boolean.getBoolean("kubewright.memory.kept") && Files.isReadable(MEMINFO)) {
            keeper = Thread.ofPlatform().daemon().name("kept-memory").start(KeptMemory::keep);
        }
    }

    @Override
    public void launcherSessionClosed(LauncherSession session) {
        if (keeper != null) {
            keeper.interrupt();
        }
    }

    private static void keep() {
        try (FileChannel file = FileChannel.open(
                Files.createTempFile("kubewright", "holes"),
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE)) {
            file.write(ByteBuffer.allocate(1), END - 1);
            ByteBuffer part = ByteBuffer.allocateDirect((int) MIB);
            long at = 0;
            while (true) {
                long spare = free() - LEFT_FREE;
                if (spare > WORTH_IT && slow()) {
                    // No more than that: the kernel itself may keep more free than what is to be left.
                    for (long read = 0; read < spare && at < END - MIB; read += MIB) {
                        file.read(part.clear(), at);
                        at += MIB;
                    }
                }
                Thread.sleep(BETWEEN);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ClosedByInterruptException e) {
            // The tests are over.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long free() throws IOException {
        return Files.readAllLines(MEMINFO).stream()
                .filter(line -> line.startsWith("MemFree:"))
                .mapToLong(line -> Long.parseLong(line.split("\\s+")[1]) * 1024)
                .findFirst()
                .orElse(0);
    }

    private static boolean slow() {
        long begin = System.nanoTime();
        ByteBuffer.allocateDirect(TRIED);
        return System.nanoTime() - begin > SLOW.toNanos() * (TRIED / PAGE);
    }
}
