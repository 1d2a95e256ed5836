package io.kubewright.ssh;

import io.kubewright.engine.Secret;
import io.kubewright.engine.TargetException;
import io.kubewright.engine.TargetException.Code;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How root is reached on one host, and the words for it when it is not.
 *
 * @param terminal whether sudo there has been found to want one; kept for the next time
 */
record RootAccess(
        String target,
        SshSettings.Become become,
        Connection connection,
        SudoPassword password,
        AtomicBoolean terminal) {
    private static final int NOT_FOUND = 127;

    void requireRoot(String userId) {
        if (!userId.equals("0")) {
            throw new TargetException(
                    target,
                    Code.PRIVILEGE,
                    user() + " (uid " + userId + ") is not root on " + place() + ", and everything here needs root",
                    become == SshSettings.Become.NONE
                            ? "set become: sudo for this host, or user: root"
                            : "look at runas and Defaults in its sudoers");
        }
    }

    Secret nextPassword(Optional<Secret> refused) throws InterruptedException {
        return password.next(target, user(), refused)
                .orElseThrow(() -> refused.isPresent()
                        ? wrongPassword()
                        : privilege(
                                "sudo asks for the password of " + user() + ", and nobody can be asked here",
                                "run in a terminal, or give " + user() + " NOPASSWD in sudoers"));
    }

    private TargetException wrongPassword() {
        return privilege(
                "sudo refuses the password of " + user(),
                "one password serves all hosts of a run; check that it is the same on this one");
    }

    /** Whether sudo, which was run without a terminal and said this, would go on with one. Kept for the next time. */
    boolean wantsTerminal(String said) {
        boolean wants = become == SshSettings.Become.SUDO && said.contains("must have a tty");
        if (wants) {
            terminal.set(true);
        }
        return wants;
    }

    /** Words for a shell that ended before it was root's. */
    TargetException refused(int exitCode, String said) {
        String last = said.lines().reduce((first, second) -> second).orElse("").strip();
        if (become == SshSettings.Become.NONE) {
            return new TargetException(
                    target,
                    Code.PROTOCOL,
                    "the login of " + user() + " at " + place() + " runs no command (exit " + exitCode + "): " + last,
                    "give the user a login shell, and remove a forced command from its authorized_keys");
        }
        if (said.contains("incorrect password")) {
            return wrongPassword();
        }
        if (terminal.get() && last.isEmpty()) {
            return privilege(
                    "sudo insists on a terminal, and script, which would give it one, fails (exit " + exitCode + ")",
                    "install script (util-linux or bsdutils), or add to sudoers: Defaults:" + user() + " !requiretty");
        }
        if (exitCode == NOT_FOUND || said.contains("not found") || said.contains("No such file")) {
            return privilege("there is no sudo: " + last, "install it, or log in as root (user: root, become: none)");
        }
        return privilege(
                "sudo refuses " + user() + " (exit " + exitCode + "): " + last,
                "allow it in sudoers: " + user() + " ALL=(ALL) ALL");
    }

    TargetException notRoot(TargetException late, String said) {
        return said.isBlank()
                ? late
                : privilege(
                        "sudo waits for something: " + said.lines().findFirst().orElse(""), late.hint());
    }

    private TargetException privilege(String message, String hint) {
        return new TargetException(target, Code.PRIVILEGE, "at " + place() + " " + message, hint);
    }

    private String user() {
        return connection.route().user();
    }

    private String place() {
        return connection.route().place();
    }
}
