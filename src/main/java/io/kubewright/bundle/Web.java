package io.kubewright.bundle;

import io.kubewright.engine.Secret;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * HTTP GET as release hosts and registries need it. Redirects are followed here and not by the client: what was shown to one
 * server must not be shown to the next, and stores behind registries refuse requests that carry a foreign token.
 */
final class Web implements AutoCloseable {
    private static final int REDIRECTS_AT_MOST = 10;
    private static final Duration CONNECTING = Duration.ofSeconds(20);

    private final HttpClient client;
    private final Duration silence;

    Web(ProxySelector proxies, SSLContext trust, Duration silence) {
        this.silence = silence;
        // With HTTP/2 all blobs of a host would share one connection and its flow control.
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECTING)
                .proxy(proxies)
                .sslContext(trust)
                .build();
    }

    /** A success, a part (206), or the word that there is nothing beyond the range (416). */
    record Answer(int status, HttpHeaders headers, InputStream body) implements AutoCloseable {
        Optional<String> header(String name) {
            return headers.firstValue(name);
        }

        @Override
        public void close() throws IOException {
            body.close();
        }
    }

    /**
     * @throws FetchException for any other answer
     * @throws IOException when there is none
     */
    Answer get(URI uri, Map<String, String> headers, Access access) throws IOException, InterruptedException {
        boolean answered = false;
        URI at = uri;
        for (int hop = 0; hop <= REDIRECTS_AT_MOST; hop++) {
            HttpResponse<InputStream> response = send(at, headers, sameServer(uri, at) ? access : Access.NONE);
            int status = response.statusCode();
            if (status / 100 == 2 || status == 416) {
                return new Answer(status, response.headers(), new Watched(response.body(), silence));
            }
            try (InputStream body = response.body()) {
                if (status / 100 == 3 && status != 304) {
                    at = redirected(at, response.headers());
                } else if (status == 401
                        && !answered
                        && sameServer(uri, at)
                        && access.answer(at, response.headers().allValues("WWW-Authenticate"))) {
                    answered = true;
                } else {
                    body.readNBytes(1 << 16);
                    throw failure(at, response);
                }
            }
        }
        throw FetchException.refused(address(uri) + " redirects more than " + REDIRECTS_AT_MOST + " times");
    }

    private HttpResponse<InputStream> send(URI uri, Map<String, String> headers, Access access)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(silence);
        headers.forEach(request::header);
        access.authorization(uri).map(Secret::reveal).ifPresent(value -> request.setHeader("Authorization", value));
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (IOException unreachable) {
            throw new IOException(address(uri) + ": " + reason(unreachable), unreachable);
        }
    }

    /** Without the query: behind a redirect it often holds a signature that opens the place to everybody. */
    static String address(URI uri) {
        return uri.getScheme() + "://" + uri.getAuthority() + uri.getPath();
    }

    private static String reason(IOException unreachable) {
        return switch (unreachable) {
            case HttpTimeoutException slow -> "no answer in time (" + slow.getMessage() + ")";
            // The client gives no message of its own when a name is not known.
            case ConnectException none
            when none.getCause() != null && none.getCause().getCause() instanceof UnresolvedAddressException ->
                "its name is not known here";
            case ConnectException _ -> "nothing answers there";
            default ->
                Objects.requireNonNullElse(
                        unreachable.getMessage(), unreachable.getClass().getSimpleName());
        };
    }

    private static boolean sameServer(URI one, URI other) {
        return one.getScheme().equals(other.getScheme()) && one.getAuthority().equals(other.getAuthority());
    }

    private static URI redirected(URI from, HttpHeaders headers) throws FetchException {
        String location = headers.firstValue("Location")
                .orElseThrow(() -> FetchException.refused(address(from) + " redirects to nowhere"));
        try {
            URI to = from.resolve(location);
            if (from.getScheme().equals("https") && !"https".equals(to.getScheme())) {
                throw FetchException.refused(
                        address(from) + " redirects to " + address(to) + ", which is not encrypted");
            }
            return to;
        } catch (IllegalArgumentException malformed) {
            throw FetchException.refused(address(from) + " redirects to what is no address");
        }
    }

    private static FetchException failure(URI uri, HttpResponse<?> response) {
        int status = response.statusCode();
        String message = address(uri) + ": HTTP " + status + meaning(status);
        return switch (status) {
            case 408, 429, 500, 502, 503, 504 ->
                FetchException.busy(
                        message, response.headers().firstValue("Retry-After").flatMap(Web::duration));
            default -> FetchException.refused(message);
        };
    }

    private static String meaning(int status) {
        return switch (status) {
            case 401 -> " (it asks for a login)";
            case 403 -> " (forbidden)";
            case 404 -> " (not found)";
            case 407 -> " (the proxy asks for a login)";
            case 429 -> " (too many requests)";
            case 503 -> " (not available at the moment)";
            default -> "";
        };
    }

    /** Seconds or a date (RFC 9110, 10.2.3). */
    static Optional<Duration> duration(String retryAfter) {
        String text = retryAfter.strip();
        if (text.matches("\\d{1,9}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
        }
        try {
            Duration left = Duration.between(
                    ZonedDateTime.now(), ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME));
            return Optional.of(left.isNegative() ? Duration.ZERO : left);
        } catch (DateTimeParseException neither) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    /** A body that is closed when nothing comes any more: the client's own time-out ends with the headers. */
    private static final class Watched extends FilterInputStream {
        private final Duration silence;
        private final Thread watch;
        private volatile long lastRead = System.nanoTime();
        private volatile boolean silent;

        Watched(InputStream body, Duration silence) {
            super(body);
            this.silence = silence;
            this.watch = Thread.ofVirtual().start(this::watch);
        }

        private void watch() {
            try {
                for (long left = silence.toNanos();
                        left > 0;
                        left = silence.toNanos() - (System.nanoTime() - lastRead)) {
                    Thread.sleep(Duration.ofNanos(left));
                }
                silent = true;
                in.close();
            } catch (InterruptedException done) {
                Thread.currentThread().interrupt();
            } catch (IOException closed) {
                // It is to be closed, and whoever reads learns it from there.
                silent = true;
            }
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read;
            try {
                read = super.read(buffer, offset, length);
            } catch (IOException broken) {
                throw silent ? silence(broken) : broken;
            }
            if (silent) {
                throw silence(null);
            }
            lastRead = System.nanoTime();
            return read;
        }

        private IOException silence(@Nullable IOException cause) {
            return new IOException("not a byte came for " + silence.toSeconds() + " s", cause);
        }

        @Override
        public void close() throws IOException {
            watch.interrupt();
            super.close();
        }
    }
}
