package io.kubewright.kubeapi;

/** Says of an exception what a person needs. */
final class Causes {
    private Causes() {}

    /** The message of the innermost cause, or its class where it has none. */
    static String of(Throwable thrown) {
        Throwable innermost = thrown;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        String message = innermost.getMessage();
        return message == null || message.isBlank() ? innermost.getClass().getSimpleName() : message;
    }
}
