package io.kubewright.engine.resource;

/** Texts as standard input of a command, whatever they hold. */
public final class Heredoc {
    private Heredoc() {}

    /**
     * A here-document with {@code content}, taken literally; to be put at the end of a command line.
     *
     * @param content ends with a line feed
     */
    public static String of(String content) {
        if (!content.endsWith("\n")) {
            throw new IllegalArgumentException("a here-document ends with a line feed");
        }
        String end = "END";
        for (int number = 1; ("\n" + content).contains("\n" + end + "\n"); number++) {
            end = "END" + number;
        }
        return "<<'" + end + "'\n" + content + end + "\n";
    }
}
