package io.kubewright.bundle;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes POSIX.1-1988 (ustar) archives with a PAX header where a name is too long. Time stamps, user names and devices are
 * always zero or empty, so that equal entries give equal bytes.
 */
final class TarWriter {
    static final int BLOCK = 512;
    private static final int NAME = 100;
    private static final long SIZE_AT_MOST = 0_77777777777L;

    private final OutputStream out;

    TarWriter(OutputStream out) {
        this.out = out;
    }

    void directory(String path, int mode, int owner) throws IOException {
        entry(path + "/", '5', mode, owner, 0, "");
    }

    void file(String path, int mode, FileTree.Content content) throws IOException {
        long size = content.size();
        entry(path, '0', mode, 0, size, "");
        Counted counted = new Counted(out);
        content.writeTo(counted);
        if (counted.count != size) {
            throw new IOException(path + " changed while it was read: " + counted.count + " bytes instead of " + size);
        }
        pad(size);
    }

    void symbolicLink(String path, String target) throws IOException {
        entry(path, '2', 0777, 0, 0, target);
    }

    void hardLink(String path, String target) throws IOException {
        entry(path, '1', 0755, 0, 0, target);
    }

    /** Ends the archive; the stream stays open. */
    void finish() throws IOException {
        out.write(new byte[2 * BLOCK]);
    }

    private void entry(String path, char type, int mode, int owner, long size, String link) throws IOException {
        if (size > SIZE_AT_MOST) {
            throw new IOException(path + " is too big for a tar entry: " + size + " bytes");
        }
        StringBuilder extended = new StringBuilder();
        if (bytes(path).length > NAME) {
            extended.append(record("path", path));
        }
        if (bytes(link).length > NAME) {
            extended.append(record("linkpath", link));
        }
        if (!extended.isEmpty()) {
            byte[] content = bytes(extended.toString());
            out.write(header("pax", 'x', 0644, 0, content.length, ""));
            out.write(content);
            pad(content.length);
        }
        out.write(header(path, type, mode, owner, size, link));
    }

    /** A PAX record begins with its own length in decimal, which counts itself. */
    private static String record(String key, String value) {
        String tail = " " + key + "=" + value + "\n";
        int bare = bytes(tail).length;
        int length = bare + String.valueOf(bare).length();
        if (bare + String.valueOf(length).length() != length) {
            length++;
        }
        return length + tail;
    }

    private static byte[] header(String path, char type, int mode, int owner, long size, String link) {
        byte[] block = new byte[BLOCK];
        text(block, 0, NAME, path);
        octal(block, 100, 8, mode);
        octal(block, 108, 8, owner);
        octal(block, 116, 8, owner);
        octal(block, 124, 12, size);
        octal(block, 136, 12, 0);
        block[156] = (byte) type;
        text(block, 157, NAME, link);
        text(block, 257, 6, "ustar");
        block[263] = '0';
        block[264] = '0';
        Arrays.fill(block, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte each : block) {
            sum += each & 0xff;
        }
        octal(block, 148, 7, sum);
        return block;
    }

    private static void text(byte[] block, int offset, int length, String text) {
        byte[] content = bytes(text);
        System.arraycopy(content, 0, block, offset, Math.min(content.length, length));
    }

    private static void octal(byte[] block, int offset, int length, long value) {
        String digits = Long.toOctalString(value);
        String padded = "0".repeat(length - 1 - digits.length()) + digits;
        text(block, offset, length - 1, padded);
        block[offset + length - 1] = 0;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void pad(long size) throws IOException {
        int over = (int) (size % BLOCK);
        if (over > 0) {
            out.write(new byte[BLOCK - over]);
        }
    }

    private static final class Counted extends OutputStream {
        private final OutputStream out;
        private long count;

        Counted(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int each) throws IOException {
            out.write(each);
            count++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            count += length;
        }
    }
}
