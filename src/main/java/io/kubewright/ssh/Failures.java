package io.kubewright.ssh;

import io.kubewright.engine.TargetException;
import io.kubewright.engine.TargetException.Code;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.List;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.jspecify.annotations.Nullable;

/** Puts what went wrong on a connection into words, each with what to do. */
final class Failures {
    private Failures() {}

    static TargetException connecting(String target, Route route, @Nullable Throwable cause) {
        return switch (root(cause)) {
            case UnknownHostException unknown ->
                new TargetException(
                        target,
                        Code.UNREACHABLE,
                        "the name " + route.hostName() + " does not resolve to an address",
                        "correct address, or add the name to DNS, /etc/hosts or ~/.ssh/config",
                        unknown);
            case NoRouteToHostException noRoute ->
                new TargetException(
                        target,
                        Code.UNREACHABLE,
                        "no route to " + route.place(),
                        "check that the host is on, and the network and firewalls between",
                        noRoute);
            case ConnectException refused
            when String.valueOf(refused.getMessage()).contains("refused") ->
                new TargetException(
                        target,
                        Code.UNREACHABLE,
                        "connection refused by " + route.place(),
                        "check that sshd runs there and listens on port " + route.port()
                                + " (a host that has just booted needs a moment)",
                        refused);
            case null ->
                new TargetException(
                        target,
                        Code.UNREACHABLE,
                        "cannot connect to " + route.place(),
                        "try: ssh -v -p " + route.port() + " " + route.user() + "@" + route.hostName());
            case Throwable other ->
                new TargetException(
                        target,
                        Code.UNREACHABLE,
                        "cannot connect to " + route.place() + ": " + text(other),
                        "try: ssh -v -p " + route.port() + " " + route.user() + "@" + route.hostName(),
                        other);
        };
    }

    static TargetException silent(String target, Route route, Deadline deadline) {
        return new TargetException(
                target,
                Code.UNREACHABLE,
                "no answer from " + route.place() + " within " + deadline.text(),
                "check that the host is on, its address, and the network and firewalls between");
    }

    static TargetException unresolved(String target, Route route, Deadline deadline) {
        return new TargetException(
                target,
                Code.UNREACHABLE,
                "looking up the name " + route.hostName() + " took longer than " + deadline.text(),
                "check the name servers in /etc/resolv.conf of this machine, or use the host's IP address");
    }

    static TargetException login(String target, Route route, Identities identities, @Nullable Throwable cause) {
        if (cause instanceof SshException failure && isAuthentication(failure)) {
            List<String> offered = identities.offered();
            String keys = offered.isEmpty() ? "no key was at hand" : "offered " + String.join(", ", offered);
            String unusable =
                    identities.unusable().isEmpty() ? "" : "; not usable: " + String.join("; ", identities.unusable());
            return new TargetException(
                    target,
                    Code.AUTHENTICATION,
                    route.place() + " accepts no key of ours for user " + route.user() + ": " + keys + unusable,
                    "add a public key to ~" + route.user() + "/.ssh/authorized_keys on the host (ssh-copy-id), or name "
                            + "the right user and identityFile"
                            + (route.user().equals("root")
                                    ? "; where its sshd lets no root in (PermitRootLogin), name another user and"
                                            + " become: sudo"
                                    : ""),
                    cause);
        }
        Throwable root = root(cause);
        return new TargetException(
                target,
                Code.UNREACHABLE,
                route.place() + " ended the conversation before the login" + (root == null ? "" : ": " + text(root)),
                "look at sshd's log there; MaxStartups, a ban after failed logins or a port that is no SSH server do this",
                cause);
    }

    static TargetException lost(String target, Route route, String doing) {
        return new TargetException(
                target,
                Code.LOST,
                "the connection to " + route.place() + " broke off while " + doing,
                "the host may have rebooted or the network be cut; run the same command again to go on");
    }

    static TargetException late(String target, Deadline deadline, String doing) {
        return new TargetException(
                target,
                Code.DEADLINE,
                doing + " did not end within " + deadline.text(),
                "look at the host's load and log; what was begun there may still be running");
    }

    private static boolean isAuthentication(SshException failure) {
        String text = String.valueOf(failure.getMessage());
        return failure.getDisconnectCode() == SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE
                || text.contains("authentication methods available")
                || text.contains("Too many authentication failures");
    }

    private static @Nullable Throwable root(@Nullable Throwable failure) {
        @Nullable Throwable at = failure;
        while (at != null && at.getCause() != null && at.getCause() != at) {
            at = at.getCause();
        }
        return at;
    }

    private static String text(Throwable failure) {
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }
}
