package io.kubewright.ssh;

import io.kubewright.engine.ScriptResult;
import io.kubewright.engine.Shell;
import io.kubewright.engine.TargetException;
import io.kubewright.engine.TargetException.Code;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/** One file on its way to a host: a line for root's sh, then the bytes. */
final class Upload {
    private static final int CHUNK = 256 * 1024;
    private static final int WRONG_DIGEST = 65;

    private final Path file;
    private final String sha256;
    private final String remotePath;
    private final AtomicLong sent = new AtomicLong();
    private volatile String readProblem = "";

    Upload(Path file, String sha256, String remotePath) {
        if (!remotePath.startsWith("/") || remotePath.endsWith("/") || remotePath.contains("\n")) {
            throw new IllegalArgumentException("not an absolute path of a file: " + remotePath);
        }
        this.file = file;
        this.sha256 = sha256;
        this.remotePath = remotePath;
    }

    /** Bytes handed to the connection so far. */
    long sent() {
        return sent.get();
    }

    void write(OutputStream stdin) throws IOException {
        try (InputStream content = Files.newInputStream(file)) {
            stdin.write((line() + "\n").getBytes(StandardCharsets.UTF_8));
            byte[] chunk = new byte[CHUNK];
            for (int read = content.read(chunk); read >= 0; read = content.read(chunk)) {
                stdin.write(chunk, 0, read);
                sent.addAndGet(read);
            }
        } catch (java.nio.file.FileSystemException unreadable) {
            readProblem = unreadable.toString();
            stdin.close();
        }
    }

    /** The temporary file lies beside the final one, so that the last step is an atomic rename. */
    String line() {
        String path = Shell.quote(remotePath);
        String directory = Shell.quote(remotePath.substring(0, Math.max(1, remotePath.lastIndexOf('/'))));
        return "set -eu; umask 022; mkdir -p -- " + directory + "; umask 077; t=$(mktemp "
                + Shell.quote(remotePath + ".part-XXXXXX")
                + "); trap 'rm -f -- \"$t\"' EXIT; cat >\"$t\"; s=$(sha256sum -- \"$t\"); s=${s#\\\\}; [ \"${s%% *}\" = "
                + Shell.quote(sha256) + " ] || { echo \"it arrived as ${s%% *}\" >&2; exit " + WRONG_DIGEST
                + "; }; chown 0:0 -- \"$t\"; chmod 0600 -- \"$t\"; sync -- \"$t\"; mv -f -- \"$t\" " + path
                + "; sync -- "
                + directory;
    }

    void check(String target, ScriptResult result) {
        if (!readProblem.isEmpty()) {
            throw new TargetException(
                    target,
                    Code.PROTOCOL,
                    "the file to upload cannot be read: " + readProblem,
                    "build the bundle again");
        }
        if (result.exitCode() == WRONG_DIGEST) {
            throw new TargetException(
                    target,
                    Code.PROTOCOL,
                    "the upload of " + file + " has not the promised digest " + sha256 + ": "
                            + result.stderr().strip(),
                    "the file has changed on this machine or was damaged; verify the bundle");
        }
        if (result.exitCode() != 0) {
            throw new TargetException(
                    target,
                    Code.PROTOCOL,
                    "the upload of " + file + " to " + remotePath + " failed: "
                            + result.stderr().strip(),
                    "look at free space and mount options there: df -h " + Shell.quote(remotePath));
        }
    }
}
