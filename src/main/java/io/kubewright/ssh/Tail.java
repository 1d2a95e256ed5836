package io.kubewright.ssh;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Keeps the last bytes of a stream. Not safe for several threads. */
final class Tail {
    private final int most;
    private byte[] kept = new byte[0];

    Tail(int most) {
        this.most = most;
    }

    void add(byte[] bytes, int from, int to) {
        int start = Math.max(from, to - most);
        int old = Math.min(kept.length, most - (to - start));
        byte[] next = Arrays.copyOfRange(kept, kept.length - old, kept.length + to - start);
        System.arraycopy(bytes, start, next, old, to - start);
        kept = next;
    }

    String text() {
        return new String(kept, StandardCharsets.UTF_8);
    }
}
