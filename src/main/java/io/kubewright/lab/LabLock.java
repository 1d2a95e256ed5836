package io.kubewright.lab;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Held while a lab is being changed; the kernel releases it when its holder is killed. */
final class LabLock implements AutoCloseable {
    private static final Path FILE = Path.of("/run/kubewright-lab.lock");

    private final FileChannel channel;

    private LabLock(FileChannel channel) {
        this.channel = channel;
    }

    static LabLock take() {
        try {
            FileChannel channel = FileChannel.open(FILE, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                channel.close();
                throw LabException.refused(
                        "another run of kubewright is changing the lab of this machine",
                        "Wait until it has ended, or end it.");
            }
            return new LabLock(channel);
        } catch (IOException e) {
            throw LabException.storage("cannot lock " + FILE, e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw LabException.storage("cannot release " + FILE, e);
        }
    }
}
