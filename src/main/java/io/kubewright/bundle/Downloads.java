package io.kubewright.bundle;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Files fetched over HTTP, kept by their digest in {@code sha256/}. What is not whole yet lies in {@code partial/} and is
 * resumed from there, by this process or, when it was killed, by the next. Nothing gets into {@code sha256/} but by a rename
 * after the whole has been read and its digest is right.
 */
final class Downloads {
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-\\d+/(?:\\d+|\\*)");

    private final Path directory;
    private final Web web;
    private final Patience patience;
    private final Consumer<String> notices;
    private final Map<String, ReentrantLock> underWay = new ConcurrentHashMap<>();

    Downloads(Path directory, Web web, Patience patience, Consumer<String> notices) {
        this.directory = directory;
        this.web = web;
        this.patience = patience;
        this.notices = notices;
    }

    /**
     * Something to fetch.
     *
     * @param name for people
     * @param sha256 what it must have, lower-case hex; empty when nobody has said yet
     * @param size what it must have, bytes
     */
    record Wanted(String name, Optional<String> sha256, OptionalLong size) {}

    /** Where it can be had. */
    record Place(URI uri, Access access) {}

    /** @param sha256 lower-case hex */
    record Fetched(Path file, String sha256, long size) {}

    /** One place's answer. */
    interface From<T> {
        T fetch(Place place) throws IOException, InterruptedException;
    }

    /**
     * Asks one place after the other until one gives what is wanted.
     *
     * @throws BundleException with what each place said: {@code OTHER_CONTENT} when one gave something else, or
     *     {@code BUILD_FAILED}
     */
    <T> T firstOf(String name, List<Place> places, From<T> from) throws InterruptedException {
        List<String> reasons = new ArrayList<>();
        boolean other = false;
        for (Place place : places) {
            try {
                T given = from.fetch(place);
                reasons.forEach(reason -> notices.accept(name + ": passed over " + reason));
                return given;
            } catch (IOException failed) {
                other |= failed instanceof FetchException answer && answer.kind() == FetchException.Kind.OTHER_CONTENT;
                reasons.add(reason(place, failed));
            }
        }
        throw failed(name, reasons, other);
    }

    private static String reason(Place place, IOException failed) {
        String text = failed.getMessage() == null ? failed.toString() : failed.getMessage();
        return text.contains("://") ? text : Web.address(place.uri()) + ": " + text;
    }

    private static BundleException failed(String name, List<String> reasons, boolean other) {
        String list = String.join("\n  ", reasons);
        return other
                ? new BundleException(
                        BundleException.Code.OTHER_CONTENT,
                        name + ": what is served is not what is pinned:\n  " + list,
                        "Somebody changed it, or what lies between you and its makers did. Nothing of it was kept. If its"
                                + " makers say that they replaced it, build without the lock that pins it.")
                : new BundleException(
                        BundleException.Code.BUILD_FAILED,
                        name + " could not be fetched:\n  " + list,
                        "Run it again: what has come so far is kept and resumed. Where it is fetched from is said in"
                                + " sources.yaml (docs/reference/sources.md).");
    }

    /** Fetches what is not there yet. */
    Fetched fetch(Wanted wanted, List<Place> places, Received received) throws InterruptedException {
        String key = wanted.sha256().orElseGet(() -> Digest.of(wanted.name()));
        ReentrantLock lock = underWay.computeIfAbsent(key, any -> new ReentrantLock());
        lock.lockInterruptibly();
        try {
            Optional<Fetched> there = wanted.sha256().flatMap(this::stored);
            if (there.isPresent()) {
                return there.get();
            }
            Partial partial = new Partial(directory.resolve("partial"), key);
            return firstOf(wanted.name(), places, place -> persistently(place, wanted, partial, received));
        } finally {
            lock.unlock();
        }
    }

    /** What is in the store, if it is still what it was. */
    private Optional<Fetched> stored(String sha256) {
        Path file = directory.resolve("sha256").resolve(sha256);
        try {
            return Files.isRegularFile(file) && Digest.of(file).equals(sha256)
                    ? Optional.of(new Fetched(file, sha256, Files.size(file)))
                    : Optional.empty();
        } catch (IOException damaged) {
            return Optional.empty();
        }
    }

    private Fetched persistently(Place place, Wanted wanted, Partial partial, Received received)
            throws IOException, InterruptedException {
        return patience.persist(partial::size, () -> {
            String sha256 = receive(web, place, wanted, partial, received);
            Path file = Files.createDirectories(directory.resolve("sha256")).resolve(sha256);
            partial.moveTo(file);
            return new Fetched(file, sha256, Files.size(file));
        });
    }

    /** Receives what is missing and returns the digest of the whole. */
    private static String receive(Web web, Place place, Wanted wanted, Partial partial, Received received)
            throws IOException, InterruptedException {
        long have = partial.resumable(place.uri(), wanted.sha256().isPresent());
        if (have > 0 && wanted.size().orElse(-1) == have) {
            return checked(place, wanted, partial, partial.digest(), true);
        }
        try (Web.Answer answer = web.get(place.uri(), partial.headers(place.uri(), have), place.access())) {
            switch (answer.status()) {
                case 206 -> {
                    if (begin(answer) != have) {
                        partial.discard();
                        throw new IOException(Web.address(place.uri()) + ": it gave another range than was asked for");
                    }
                }
                case 416 -> {
                    return checked(place, wanted, partial, partial.digest(), true);
                }
                default -> have = 0;
            }
            partial.begin(place.uri(), answer.headers(), have);
            long length = answer.headers().firstValueAsLong("Content-Length").orElse(0);
            received.expect(length);
            try {
                MessageDigest digest = partial.append(answer.body(), wanted.size(), received);
                return checked(place, wanted, partial, Digest.hex(digest), have > 0);
            } finally {
                // What did not come with this answer is expected again of the next.
                received.expect(Math.max(partial.size() - have, 0) - length);
            }
        }
    }

    private static long begin(Web.Answer answer) {
        Matcher range = CONTENT_RANGE.matcher(answer.header("Content-Range").orElse(""));
        return range.matches() ? Long.parseLong(range.group(1)) : -1;
    }

    private static String checked(Place place, Wanted wanted, Partial partial, String found, boolean resumed)
            throws IOException {
        String where = Web.address(place.uri());
        long size = partial.size();
        if (size < wanted.size().orElse(0)) {
            throw new IOException(
                    where + ": it ended after " + size + " of " + wanted.size().orElse(0) + " bytes");
        }
        if (wanted.sha256().map(found::equals).orElse(true)) {
            return found;
        }
        partial.discard();
        String difference = where + ": its SHA-256 is " + found + " instead of "
                + wanted.sha256().orElse("");
        // The beginning may be of another day, or another server's; only a whole from one place says what is served.
        throw resumed ? new IOException(difference) : FetchException.otherContent(difference);
    }
}
