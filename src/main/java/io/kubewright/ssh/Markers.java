package io.kubewright.ssh;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The fixed commands, and words that occur in nobody else's output. That {@code /} is ours says that we are root
 * without the cost of a process. Between the single quotes there is neither a
 * backslash nor an exclamation mark, so that csh and fish as login shells read them as sh does.
 *
 * @param word begins our own output, on both streams
 * @param prompt what sudo shall print when it wants a password
 */
record Markers(String word, String prompt) {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int BYTES = 12;

    static Markers random() {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        String hex = HexFormat.of().formatHex(bytes);
        return new Markers("kubewright-begin-" + hex, "kubewright-password-" + hex + ":");
    }

    String command() {
        return "exec /bin/sh -c '" + body() + "'";
    }

    private String body() {
        return "test -O / && u=0 || u=$(id -u); echo; echo " + word + " $u; echo " + word
                + " >&2; test $u = 0 && IFS= read -r l && eval \"$l\"";
    }

    /** sudo's words are told apart, so in English. The prompt comes on standard error and the password is read from standard input, only if sudo wants one. */
    String sudoCommand() {
        return "exec env LC_ALL=C sudo -S -p " + prompt + " -- " + command().substring("exec ".length());
    }

    /**
     * For a sudo that insists on a terminal ({@code requiretty}): script, of util-linux, gives it one. The streams go
     * past that terminal, which would echo, cut and change what it carries.
     */
    String sudoCommandWithTerminal() {
        return "exec /bin/sh -c 'KW=$0 SHELL=/bin/sh; export KW SHELL; exec 4<&0 5>&1 6>&2;"
                + " exec script -qec \"$1\" /dev/null </dev/null >/dev/null 2>&1' '" + body()
                + "' 'exec env LC_ALL=C sudo -S -p "
                + prompt + " -- /bin/sh -c \"$KW\" <&4 >&5 2>&6'";
    }

    /** The numeric user that the shell runs as, when this line of standard output is the mark. */
    Optional<String> userId(String line) {
        return line.startsWith(word + " ")
                ? Optional.of(line.substring(word.length() + 1).strip())
                : Optional.empty();
    }
}
