package io.kubewright.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubewright.bundle.Downloads.Fetched;
import io.kubewright.bundle.Downloads.Place;
import io.kubewright.bundle.Downloads.Wanted;
import io.kubewright.bundle.ReleaseHost.Cut;
import io.kubewright.bundle.ReleaseHost.Request;
import io.kubewright.bundle.ReleaseHost.Silence;
import io.kubewright.bundle.ReleaseHost.Status;
import io.kubewright.bundle.ReleaseHost.Truncated;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can go wrong between a release host and the cache, and how it ends. */
class DownloadsTest {
    private static final Patience SHORT =
            new Patience(3, Duration.ofMillis(5), Duration.ofSeconds(2), Duration.ofSeconds(60));
    private static final String PATH = "/release/kubelet";
    private static final int SIZE = 300_000;
    private static final byte[] CONTENT = bytes(1);

    @TempDir
    private Path directory;

    private ReleaseHost host;
    private ReleaseHost mirror;
    private Web web;
    private final List<String> notices = new CopyOnWriteArrayList<>();
    private final Received received = new Received();

    private static byte[] bytes(long seed) {
        byte[] bytes = new byte[SIZE];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    @BeforeEach
    void start() throws Exception {
        host = new ReleaseHost();
        mirror = new ReleaseHost();
        host.taken = received::bytes;
        mirror.taken = received::bytes;
        host.put(PATH, CONTENT);
        web = new Web(new Proxies(Map.of()), SSLContext.getDefault(), SHORT.silence());
    }

    @AfterEach
    void stop() {
        web.close();
        host.close();
        mirror.close();
    }

    private Downloads downloads() {
        return new Downloads(directory, web, SHORT, notices::add);
    }

    private static Place place(ReleaseHost at) {
        return new Place(at.address().resolve(PATH), Access.NONE);
    }

    private static Wanted pinned() {
        return new Wanted("kubelet", Optional.of(Digest.of(CONTENT)), OptionalLong.empty());
    }

    private static Wanted unpinned() {
        return new Wanted("kubelet", Optional.empty(), OptionalLong.empty());
    }

    private Fetched fetch(Wanted wanted, ReleaseHost... places) throws InterruptedException {
        return downloads()
                .fetch(wanted, Stream.of(places).map(DownloadsTest::place).toList(), received);
    }

    private static void assertWhole(Fetched fetched) {
        assertThat(fetched.file()).hasBinaryContent(CONTENT);
        assertThat(fetched.sha256()).isEqualTo(Digest.of(CONTENT));
        assertThat(fetched.size()).isEqualTo(SIZE);
    }

    private List<String> partial() throws IOException {
        try (Stream<Path> files = Files.list(Files.createDirectories(directory.resolve("partial")))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Test
    void aFileIsFetchedOnceAndKeptByItsDigest() throws Exception {
        assertWhole(fetch(pinned(), host));
        assertWhole(fetch(pinned(), host));

        assertThat(host.requests).hasSize(1);
        assertThat(received.bytes()).isEqualTo(SIZE);
        assertThat(received.expected()).isEqualTo(SIZE);
        assertThat(partial()).isEmpty();
    }

    @Test
    void whatWasDamagedInTheCacheIsFetchedAgain() throws Exception {
        Path file = fetch(pinned(), host).file();
        byte[] damaged = CONTENT.clone();
        damaged[77] ^= 1;
        Files.write(file, damaged);

        assertWhole(fetch(pinned(), host));
        assertThat(host.requests).hasSize(2);
    }

    @Test
    void aCutConnectionGoesOnAtTheByteWhereItStopped() throws Exception {
        host.fail(PATH, new Cut(100_000), new Cut(50_000));

        assertWhole(fetch(pinned(), host));
        assertThat(host.requests).extracting(Request::range).containsExactly("", "bytes=100000-", "bytes=150000-");
        assertThat(host.requests).extracting(Request::status).containsExactly(200, 206, 206);
        assertThat(received.bytes()).isEqualTo(SIZE);
        assertThat(received.expected()).isEqualTo(SIZE);
    }

    @Test
    void cutsThatEachBringSomethingAreNotCountedAgainstTheServer() throws Exception {
        for (int i = 0; i < 4 * SHORT.attempts(); i++) {
            host.fail(PATH, new Cut(10_000));
        }

        assertWhole(fetch(pinned(), host));
        assertThat(host.requests).hasSize(4 * SHORT.attempts() + 1);
    }

    @Test
    void aServerThatCutsBeforeTheFirstByteIsGivenUp() {
        host.fail(PATH, new Cut(0), new Cut(0), new Cut(0), new Cut(0));

        assertThatThrownBy(() -> fetch(pinned(), host)).isInstanceOfSatisfying(BundleException.class, thrown -> {
            assertThat(thrown.code()).isEqualTo(BundleException.Code.BUILD_FAILED);
            assertThat(thrown).hasMessageContaining("kubelet could not be fetched");
        });
        assertThat(host.requests).hasSize(SHORT.attempts());
    }

    @Test
    void whatAKilledProcessLeftIsResumedByTheNext() throws Exception {
        host.fail(PATH, new Cut(120_000), new Status(404, Map.of()));
        assertThatThrownBy(() -> fetch(pinned(), host)).hasMessageContaining("404");
        assertThat(partial()).hasSize(2);
        assertThat(directory.resolve("sha256")).doesNotExist();

        assertWhole(fetch(pinned(), host));
        assertThat(host.requests.getLast().range()).isEqualTo("bytes=120000-");
        assertThat(partial()).isEmpty();
    }

    @Test
    void aServerThatIgnoresRangesIsReadFromTheBeginning() throws Exception {
        host.ranges = false;
        host.fail(PATH, new Cut(100_000));

        assertWhole(fetch(pinned(), host));
        assertThat(host.requests).extracting(Request::status).containsExactly(200, 200);
    }

    @Test
    void aFileThatChangedMeanwhileIsNeverMixed() throws Exception {
        byte[] before = bytes(2);
        host.put(PATH, before);
        host.fail(PATH, new Cut(100_000), new Status(404, Map.of()));
        assertThatThrownBy(() -> fetch(unpinned(), host)).isInstanceOf(BundleException.class);
        host.put(PATH, CONTENT);

        assertWhole(fetch(unpinned(), host));
        Request last = host.requests.getLast();
        assertThat(last.range()).isEqualTo("bytes=100000-");
        assertThat(last.ifRange()).isEqualTo("\"" + Digest.of(before) + "\"");
        assertThat(last.status()).isEqualTo(200);
    }

    @Test
    void withoutAWordOfTheServerOnlyWhatIsPinnedIsResumed() throws Exception {
        host.validators = false;
        host.put(PATH, bytes(2));
        host.fail(PATH, new Cut(100_000), new Status(404, Map.of()));
        assertThatThrownBy(() -> fetch(unpinned(), host)).isInstanceOf(BundleException.class);
        host.put(PATH, CONTENT);

        assertWhole(fetch(unpinned(), host));
        assertThat(host.requests.getLast().range()).isEmpty();
    }

    @Test
    void aMixThatOnlyTheDigestShowsIsFetchedAnewAsAWhole() throws Exception {
        host.validators = false;
        host.put(PATH, bytes(2));
        host.fail(PATH, new Cut(100_000), new Status(404, Map.of()));
        assertThatThrownBy(() -> fetch(pinned(), host)).isInstanceOf(BundleException.class);
        host.put(PATH, CONTENT);

        assertWhole(fetch(pinned(), host));
        assertThat(host.requests).extracting(Request::status).endsWith(206, 200);
    }

    @Test
    void anotherChecksumIsRefusedWithBothNamedAndNothingIsKept() throws Exception {
        host.put(PATH, bytes(3));

        assertThatThrownBy(() -> fetch(pinned(), host))
                .isInstanceOfSatisfying(
                        BundleException.class,
                        thrown -> assertThat(thrown.code()).isEqualTo(BundleException.Code.OTHER_CONTENT))
                .hasMessageContaining(Digest.of(CONTENT))
                .hasMessageContaining(Digest.of(bytes(3)))
                .hasMessageContaining(host.address() + PATH);
        assertThat(host.requests).hasSize(1);
        assertThat(partial()).isEmpty();
        assertThat(directory.resolve("sha256")).doesNotExist();
    }

    @Test
    void aTruncatedFileIsNotTakenForTheWhole() {
        host.fail(PATH, new Truncated(1000));

        assertThatThrownBy(() -> fetch(pinned(), host)).hasMessageContaining(Digest.of(Arrays.copyOf(CONTENT, 1000)));
    }

    @Test
    void ofAKnownSizeATruncatedAnswerIsCompletedAndALongerOneRefused() throws Exception {
        host.fail(PATH, new Truncated(1000));
        Wanted sized = new Wanted("blob", Optional.of(Digest.of(CONTENT)), OptionalLong.of(SIZE));
        assertWhole(fetch(sized, host));
        assertThat(host.requests.getLast().range()).isEqualTo("bytes=1000-");

        Wanted smaller = new Wanted("blob", Optional.of(Digest.of("other")), OptionalLong.of(1000));
        assertThatThrownBy(() -> fetch(smaller, host))
                .hasMessageContaining(host.address() + PATH + ": more than 1000 bytes");
        assertThat(partial()).isEmpty();
    }

    @Test
    void anAnswerThatFallsSilentIsBrokenOffAndResumed() throws Exception {
        host.fail(PATH, new Silence(100_000));
        Patience impatient = new Patience(20, Duration.ofMillis(5), Duration.ofSeconds(2), Duration.ofSeconds(1));
        try (Web watchful = new Web(new Proxies(Map.of()), SSLContext.getDefault(), impatient.silence())) {
            assertWhole(new Downloads(directory, watchful, impatient, notices::add)
                    .fetch(pinned(), List.of(place(host)), received));
        }
        assertThat(host.requests.getLast().range()).isEqualTo("bytes=100000-");
    }

    @Test
    void whatIsNotThereIsNotAskedForAgain() {
        assertThatThrownBy(() -> fetch(pinned(), mirror))
                .hasMessageContaining(mirror.address() + PATH + ": HTTP 404 (not found)");
        assertThat(mirror.requests).hasSize(1);
    }

    @Test
    void theMirrorIsAskedFirstAndTheOriginWhereItFails() throws Exception {
        mirror.put(PATH, CONTENT);
        assertWhole(fetch(pinned(), mirror, host));
        assertThat(host.requests).isEmpty();
        assertThat(notices).isEmpty();
    }

    @Test
    void aMirrorThatLacksItOrHasAnotherIsPassedOverAndNamed() throws Exception {
        assertWhole(fetch(pinned(), mirror, host));
        assertThat(notices)
                .singleElement()
                .asString()
                .contains("passed over", mirror.address().toString(), "404");
        Files.delete(directory.resolve("sha256").resolve(Digest.of(CONTENT)));
        notices.clear();
        mirror.put(PATH, bytes(4));

        assertWhole(fetch(pinned(), mirror, host));
        assertThat(notices).singleElement().asString().contains(mirror.address().toString(), Digest.of(bytes(4)));
    }

    @Test
    void whatAMirrorBeganTheOriginCompletes() throws Exception {
        mirror.put(PATH, CONTENT);
        mirror.fail(PATH, new Cut(100_000), new Status(404, Map.of()));

        assertWhole(fetch(pinned(), mirror, host));
        assertThat(host.requests.getLast().range()).isEqualTo("bytes=100000-");
        assertThat(host.requests.getLast().ifRange()).isEmpty();
    }

    @Test
    void aBusyServerIsLeftAloneForAsLongAsItAsks() throws Exception {
        host.fail(PATH, new Status(429, Map.of("Retry-After", "1")), new Status(503, Map.of()));
        long begin = System.nanoTime();

        assertWhole(fetch(pinned(), host));
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(host.requests).hasSize(3);
    }

    @Test
    void aServerThatAsksForTooLongIsPassedOver() throws Exception {
        mirror.fail(PATH, new Status(503, Map.of("Retry-After", "3600")));

        assertWhole(fetch(pinned(), mirror, host));
        assertThat(notices).singleElement().asString().contains("503");
    }

    @Test
    void whatToWaitIsSecondsOrADate() {
        String inAMinute =
                ZonedDateTime.now(ZoneOffset.UTC).plusMinutes(1).format(DateTimeFormatter.RFC_1123_DATE_TIME);
        assertThat(Web.duration("7")).contains(Duration.ofSeconds(7));
        assertThat(Web.duration(inAMinute))
                .hasValueSatisfying(left -> assertThat(left).isBetween(Duration.ofSeconds(50), Duration.ofMinutes(1)));
        assertThat(Web.duration("soon")).isEmpty();
    }

    @Test
    void redirectsAreFollowedAndARingIsLeft() throws Exception {
        String elsewhere = mirror.address().resolve(PATH).toString();
        host.fail(PATH, new Status(302, Map.of("Location", elsewhere + "?signature=secret")));
        mirror.put(PATH, CONTENT);
        assertWhole(fetch(pinned(), host));
        assertThat(mirror.requests).hasSize(1);

        for (int i = 0; i < 20; i++) {
            host.fail("/ring", new Status(302, Map.of("Location", "/ring")));
        }
        Place ring = new Place(host.address().resolve("/ring"), Access.NONE);
        assertThatThrownBy(() -> downloads().fetch(unpinned(), List.of(ring), received))
                .hasMessageContaining("redirects more than 10 times");
    }

    @Test
    void aSignatureBehindARedirectIsNotShown() {
        host.fail(
                PATH,
                new Status(
                        302,
                        Map.of("Location", mirror.address().resolve("/gone").toString() + "?signature=secret")));

        assertThatThrownBy(() -> fetch(pinned(), host))
                .hasMessageContaining(mirror.address() + "/gone")
                .hasMessageNotContaining("secret");
    }

    @Test
    void anInterruptEndsItAtOnceAndWhatHasComeStays() throws Exception {
        host.fail(PATH, new Silence(100_000));
        Thread.Builder.OfVirtual virtual = Thread.ofVirtual();
        List<Throwable> ends = new CopyOnWriteArrayList<>();
        Thread thread = virtual.start(() -> {
            try {
                fetch(pinned(), host);
            } catch (InterruptedException | RuntimeException thrown) {
                ends.add(thrown);
            }
        });
        while (received.bytes() < 100_000) {
            Thread.sleep(5);
        }
        thread.interrupt();
        thread.join(Duration.ofSeconds(10));

        assertThat(ends).singleElement().isInstanceOf(InterruptedException.class);
        assertWhole(fetch(pinned(), host));
        assertThat(host.requests.getLast().range()).isEqualTo("bytes=100000-");
    }

    @Test
    void twoThatWantTheSameFetchItOnce() throws Exception {
        Downloads shared = downloads();
        List<Fetched> both = new CopyOnWriteArrayList<>();
        List<Thread> threads = Stream.of(1, 2)
                .map(each -> Thread.ofVirtual().start(() -> {
                    try {
                        both.add(shared.fetch(pinned(), List.of(place(host)), received));
                    } catch (InterruptedException interrupted) {
                        Thread.currentThread().interrupt();
                    }
                }))
                .toList();
        for (Thread each : threads) {
            each.join();
        }

        assertThat(both).hasSize(2).allSatisfy(DownloadsTest::assertWhole);
        assertThat(host.requests).hasSize(1);
    }
}
