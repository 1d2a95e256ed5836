package io.kubewright.ssh;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Standard error of a command: what came before the mark (login noise, sudo's words), and the last of what came after. */
final class ErrorStream {
    private static final int KEPT = 64 * 1024;

    private final Markers markers;
    private final ByteArrayOutputStream before = new ByteArrayOutputStream();
    private final Tail after = new Tail(KEPT);
    private boolean marked;
    private int promptsSeenUntil;

    ErrorStream(Markers markers) {
        this.markers = markers;
    }

    void add(byte[] bytes) {
        if (marked) {
            after.add(bytes, 0, bytes.length);
            return;
        }
        before.writeBytes(bytes);
        String text = before.toString(StandardCharsets.ISO_8859_1);
        int mark = text.indexOf(markers.word() + "\n");
        if (mark >= 0) {
            marked = true;
            byte[] all = before.toByteArray();
            int start = mark + markers.word().length() + 1;
            after.add(all, start, all.length);
            before.reset();
            before.write(all, 0, mark);
        } else if (before.size() > 2 * KEPT) {
            before.reset();
            promptsSeenUntil = 0;
        }
    }

    /** True once for each time sudo has asked for a password. */
    boolean takePrompt() {
        int at = before.toString(StandardCharsets.ISO_8859_1).indexOf(markers.prompt(), promptsSeenUntil);
        if (at < 0) {
            return false;
        }
        promptsSeenUntil = at + markers.prompt().length();
        return true;
    }

    String before() {
        return before.toString(StandardCharsets.UTF_8)
                .replace(markers.prompt(), "")
                .strip();
    }

    String text() {
        return after.text();
    }
}
