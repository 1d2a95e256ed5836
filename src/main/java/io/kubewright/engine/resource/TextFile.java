package io.kubewright.engine.resource;

import io.kubewright.engine.Digest;
import io.kubewright.engine.Shell;
import java.util.stream.Collectors;

/**
 * A text file without secrets: its state shows the whole content, so that plans show what changes in it.
 *
 * @param mode four octal digits
 * @param content ends with a line feed
 */
public record TextFile(String path, String mode, String content) implements HostFile {
    public TextFile {
        if (!content.endsWith("\n")) {
            throw new IllegalArgumentException(path + ": the last line must end with a line feed");
        }
    }

    @Override
    public String state() {
        return HostFile.headline(path, mode, Digest.sha256(content))
                + content.lines().map(line -> "  " + line + "\n").collect(Collectors.joining());
    }

    @Override
    public String probe() {
        String name = Shell.quote(path);
        return """
                if [ -f %1$s ]; then
                    echo "file "%1$s" $(stat -c '%%a %%U:%%G' %1$s) $(kw_sha256 %1$s)"
                    sed 's/^/  /' %1$s
                fi
                """.formatted(name);
    }

    @Override
    public String put() {
        return "kw_put " + Shell.words(path, mode) + " " + Heredoc.of(content);
    }
}
