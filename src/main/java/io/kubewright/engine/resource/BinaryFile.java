package io.kubewright.engine.resource;

import io.kubewright.engine.Blob;
import io.kubewright.engine.Shell;

/**
 * A file whose content comes from the bundle.
 *
 * @param mode four octal digits
 */
public record BinaryFile(String path, String mode, Blob blob) implements HostFile {
    /**
     * Hashing hundreds of megabytes on every plan is slow, so digests are kept under /run by device, inode, size and both
     * times to the nanosecond: no write to a file leaves all of them as they were.
     */
    static final String DIGEST_FUNCTION = """
            digest() {
                known=/run/kubewright/digests/$(stat -Lc '%d-%i-%s-%.9Y-%.9Z' "$1")
                if [ ! -s "$known" ]; then
                    mkdir -p /run/kubewright/digests
                    kw_sha256 "$1" >"$known.$$"
                    mv -f "$known.$$" "$known"
                fi
                cat "$known"
            }
            """;

    @Override
    public String state() {
        return HostFile.headline(path, mode, blob.sha256());
    }

    @Override
    public String probe() {
        String name = Shell.quote(path);
        return """
                if [ -f %1$s ]; then
                    echo "file "%1$s" $(stat -c '%%a %%U:%%G' %1$s) $(digest %1$s)"
                fi
                """.formatted(name);
    }

    /** The blob is taken out of the host's store: the file itself is the copy that counts. */
    @Override
    public String put() {
        return """
                kw_put %1$s <"$KW_BLOBS/%2$s"
                rm -f "$KW_BLOBS/%2$s"
                """.formatted(Shell.words(path, mode), blob.sha256());
    }
}
