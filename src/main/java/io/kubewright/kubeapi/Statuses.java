package io.kubewright.kubeapi;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the Status objects with which the API refuses. */
final class Statuses {
    /** As apimachinery writes it, version included: {@code conflict with "kubectl-edit" using apps/v1}. */
    private static final Pattern MANAGER = Pattern.compile("conflict with \"([^\"]*)\"");

    private Statuses() {}

    static ApiException exception(String what, ApiConnection.Answer answer) {
        Tree status = status(answer);
        String reason = status.at("reason").text("");
        String message = status.at("message").text(answer.body().strip());
        return switch (answer.code()) {
            case 401, 403 ->
                exception(ApiException.Code.FORBIDDEN, what, message, "Renew the certificates: kubeadm certs renew.");
            case 404, 410 -> exception(ApiException.Code.NOT_FOUND, what, message, "It must be there first.");
            case 409 ->
                exception(
                        reason.equals("AlreadyExists") ? ApiException.Code.EXISTS : ApiException.Code.CONFLICT,
                        what,
                        message,
                        "Run it again.");
            case 400, 405, 406, 413, 415, 422 ->
                exception(ApiException.Code.INVALID, what, message, "The object has to change.");
            default ->
                exception(
                        ApiException.Code.BUSY,
                        what,
                        answer.code() + " " + message,
                        "Run it again; if it stays, look at the API server's log.");
        };
    }

    /** The fields that other managers hold, as {@code PATH held by MANAGER}, sorted; empty when this is another refusal. */
    static List<String> conflicts(ApiConnection.Answer answer) {
        List<String> conflicts = new ArrayList<>();
        if (answer.code() == 409) {
            for (Tree cause : status(answer).at("details", "causes").items()) {
                if (cause.at("reason").text("").equals("FieldManagerConflict")) {
                    Matcher manager = MANAGER.matcher(cause.at("message").text(""));
                    conflicts.add(cause.at("field").text("?") + " held by "
                            + (manager.find()
                                    ? manager.group(1)
                                    : cause.at("message").text("another manager")));
                }
            }
        }
        return conflicts.stream().sorted().distinct().toList();
    }

    private static Tree status(ApiConnection.Answer answer) {
        try {
            return Tree.of(Json.read(answer.body()));
        } catch (ApiException _) {
            return Tree.of(null);
        }
    }

    private static ApiException exception(ApiException.Code code, String what, String message, String hint) {
        return new ApiException(code, what + ": " + message, hint);
    }
}
