package io.kubewright.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubewright.bundle.ReleaseHost.Cut;
import io.kubewright.bundle.ReleaseHost.Request;
import io.kubewright.bundle.ReleaseHost.Status;
import io.kubewright.bundle.ReleaseHost.Truncated;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a registry, or what pretends to be one, may answer. UpstreamIT has the real one. */
class RegistryTest {
    private static final Patience SHORT =
            new Patience(3, Duration.ofMillis(5), Duration.ofSeconds(2), Duration.ofSeconds(60));
    private static final String REPOSITORY = "registry.test/group/app";
    private static final String BASE = "/v2/group/app/";

    @TempDir
    private Path directory;

    private ReleaseHost host;
    private ReleaseHost store;
    private Web web;
    private TestImage image;
    private final List<String> notices = new CopyOnWriteArrayList<>();
    private final Received received = new Received();

    @BeforeEach
    void start() throws Exception {
        host = new ReleaseHost();
        store = new ReleaseHost();
        host.taken = received::bytes;
        web = new Web(new Proxies(Map.of()), SSLContext.getDefault(), SHORT.silence());
        image = TestImage.of(Architecture.AMD64, "content of the layer");
        serve(host, image, "v1");
    }

    @AfterEach
    void stop() {
        web.close();
        host.close();
        store.close();
    }

    private static void serve(ReleaseHost at, TestImage image, String tag) {
        at.put(BASE + "manifests/" + tag, image.manifest());
        at.put(BASE + "manifests/sha256:" + image.digest(), image.manifest());
        image.blobs().forEach((digest, content) -> at.put(BASE + "blobs/sha256:" + digest, content));
    }

    private String layerPath() {
        return BASE + "blobs/sha256:" + image.layer();
    }

    private Registry registry(Map<String, String> environment, String... bases) {
        Sources sources = new Sources(
                Optional.empty(),
                Map.of("registry.test", List.of(bases).stream().map(URI::create).toList()),
                true);
        Downloads downloads = new Downloads(directory, web, SHORT, notices::add);
        return new Registry(sources, web, Logins.of(environment), SHORT, downloads);
    }

    private Registry.Pulled pull(Optional<String> pinned) throws InterruptedException {
        return registry(Map.of("HOME", directory.toString()), host.address().toString())
                .pull(REPOSITORY, "v1", Architecture.AMD64, pinned, received);
    }

    private Registry.Pulled pull() throws InterruptedException {
        return pull(Optional.empty());
    }

    @Test
    void anImageIsPulledByItsDigests() throws Exception {
        Registry.Pulled pulled = pull(Optional.of(image.digest()));

        assertThat(pulled.manifest()).isEqualTo(image.manifest());
        assertThat(pulled.config()).isEqualTo(image.config());
        assertThat(pulled.blobs()).containsOnlyKeys(image.blobs().keySet());
    }

    @Test
    void ofAnIndexTheWantedPlatformIsTaken() throws Exception {
        TestImage arm = TestImage.of(Architecture.ARM64, "content for others");
        serve(host, arm, "arm");
        host.put(BASE + "manifests/v1", TestImage.index(arm, image));

        assertThat(pull().manifest()).isEqualTo(image.manifest());
        assertThat(host.requests(BASE + "manifests/sha256:" + arm.digest())).isEmpty();

        host.put(BASE + "manifests/v1", TestImage.index(arm));
        assertThatThrownBy(this::pull).hasMessageContaining("it has no image for linux/amd64");
    }

    @Test
    void anIndexThatNamesAnotherDigestThanItServesIsNotBelieved() {
        TestImage other = TestImage.of(Architecture.AMD64, "another content");
        host.put(BASE + "manifests/v1", TestImage.index(image));
        host.put(BASE + "manifests/sha256:" + image.digest(), other.manifest());

        assertThatThrownBy(this::pull).hasMessageContaining(image.digest()).hasMessageContaining(other.digest());
    }

    @Test
    void aTagThatNamesAnotherImageThanThePinnedIsRefusedWithBothNamed() {
        String pinned = "0".repeat(64);

        assertThatThrownBy(() -> pull(Optional.of(pinned)))
                .isInstanceOfSatisfying(
                        BundleException.class,
                        thrown -> assertThat(thrown.code()).isEqualTo(BundleException.Code.OTHER_CONTENT))
                .hasMessageContaining(REPOSITORY + ":v1")
                .hasMessageContaining("sha256:" + pinned)
                .hasMessageContaining("sha256:" + image.digest());
    }

    @Test
    void anImageForAnotherArchitectureIsRefused() {
        serve(host, TestImage.of(Architecture.ARM64, "content"), "v1");

        assertThatThrownBy(this::pull).hasMessageContaining("the image is for linux/arm64, not linux/amd64");
    }

    @Test
    void aBlobOfAnotherDigestIsRefusedWithBothNamed() {
        byte[] other = "another layer of just that len".getBytes(UTF_8);
        byte[] sameLength = java.util.Arrays.copyOf(
                other, Optional.ofNullable(image.blobs().get(image.layer())).orElseThrow().length);
        host.put(layerPath(), sameLength);

        assertThatThrownBy(this::pull)
                .isInstanceOfSatisfying(
                        BundleException.class,
                        thrown -> assertThat(thrown.code()).isEqualTo(BundleException.Code.OTHER_CONTENT))
                .hasMessageContaining(image.layer())
                .hasMessageContaining(Digest.of(sameLength));
    }

    @Test
    void aBlobThatIsCutOrTruncatedIsCompleted() throws Exception {
        host.fail(layerPath(), new Cut(4), new Truncated(8));

        pull();
        assertThat(host.requests(layerPath())).extracting(Request::range).containsExactly("", "bytes=4-", "bytes=8-");
    }

    @Test
    void aBlobThatStaysTruncatedIsNamed() {
        host.fail(layerPath(), new Truncated(4), new Truncated(4), new Truncated(4), new Truncated(4));

        assertThatThrownBy(this::pull)
                .hasMessageContaining(REPOSITORY + ":v1 blob sha256:" + image.layer())
                .hasMessageContaining("it ended after 4 of");
    }

    private static Status challenge(URI realm) {
        return new Status(
                401,
                Map.of(
                        "WWW-Authenticate",
                        "Bearer realm=\"" + realm
                                + "\",service=\"registry.test\",scope=\"repository:group/app:pull\""));
    }

    @Test
    void aTokenIsFetchedWhereOneIsAskedForAndShownFromThenOn() throws Exception {
        store.put("/token", "{\"token\":\"t0k3n\"}".getBytes(UTF_8));
        host.fail(BASE + "manifests/v1", challenge(store.address().resolve("/token")));

        pull();
        assertThat(store.requests("/token")).extracting(Request::authorization).containsExactly("");
        assertThat(host.requests)
                .extracting(Request::authorization)
                .containsExactly("", "Bearer t0k3n", "Bearer t0k3n", "Bearer t0k3n");
    }

    @Test
    void aTokenThatRanOutIsRenewedInTheMiddle() throws Exception {
        store.put("/token", "{\"access_token\":\"t0k3n\"}".getBytes(UTF_8));
        host.fail(BASE + "manifests/v1", challenge(store.address().resolve("/token")));
        host.fail(layerPath(), challenge(store.address().resolve("/token")));

        pull();
        assertThat(store.requests("/token")).hasSize(2);
    }

    @Test
    void theTokenServiceSeesTheLoginAndNobodyElseDoes() throws Exception {
        String login = Base64.getEncoder().encodeToString("user:password".getBytes(UTF_8));
        Path file = Files.writeString(
                directory.resolve("auth.json"),
                "{\"auths\": {\"" + host.address().getAuthority() + "\": {\"auth\": \"" + login + "\"}}}");
        store.put("/token", "{\"token\":\"t0k3n\"}".getBytes(UTF_8));
        host.fail(BASE + "manifests/v1", challenge(store.address().resolve("/token")));

        registry(
                        Map.of("REGISTRY_AUTH_FILE", file.toString(), "HOME", directory.toString()),
                        host.address().toString())
                .pull(REPOSITORY, "v1", Architecture.AMD64, Optional.empty(), received);
        assertThat(store.requests("/token")).extracting(Request::authorization).containsExactly("Basic " + login);
        assertThat(host.requests).extracting(Request::authorization).doesNotContain("Basic " + login);
    }

    @Test
    void whereNoTokenIsGivenTheMissingLoginIsNamed() {
        store.fail("/token", new Status(401, Map.of()));
        host.fail(BASE + "manifests/v1", challenge(store.address().resolve("/token")));

        assertThatThrownBy(this::pull)
                .hasMessageContaining("there is no login for " + host.address().getAuthority())
                .hasMessageContaining("podman login");
    }

    @Test
    void aTokenIsNotShownToTheStoreThatARegistrySendsTo() throws Exception {
        store.put("/token", "{\"token\":\"t0k3n\"}".getBytes(UTF_8));
        store.put("/blob", Optional.ofNullable(image.blobs().get(image.layer())).orElseThrow());
        host.fail(BASE + "manifests/v1", challenge(store.address().resolve("/token")));
        host.fail(
                layerPath(),
                new Status(
                        307, Map.of("Location", store.address().resolve("/blob").toString())));

        pull();
        assertThat(store.requests("/blob")).extracting(Request::authorization).containsExactly("");
    }

    @Test
    void aMirrorUnderAPrefixIsAskedFirst() throws Exception {
        image.blobs().forEach((digest, content) -> store.put("/v2/proxy/group/app/blobs/sha256:" + digest, content));
        store.put("/v2/proxy/group/app/manifests/v1", image.manifest());

        registry(
                        Map.of("HOME", directory.toString()),
                        store.address() + "/proxy",
                        host.address().toString())
                .pull(REPOSITORY, "v1", Architecture.AMD64, Optional.empty(), received);
        assertThat(host.requests).isEmpty();
    }

    @Test
    void aMirrorWithAnOldTagIsPassedOverWhereALockSaysSo() throws Exception {
        TestImage old = TestImage.of(Architecture.AMD64, "old content");
        serve(store, old, "v1");

        Registry.Pulled pulled = registry(
                        Map.of("HOME", directory.toString()),
                        store.address().toString(),
                        host.address().toString())
                .pull(REPOSITORY, "v1", Architecture.AMD64, Optional.of(image.digest()), received);
        assertThat(pulled.manifest()).isEqualTo(image.manifest());
        assertThat(notices).anySatisfy(notice -> assertThat(notice).contains(old.digest()));
    }

    @Test
    void whatIsNoImageIsRefused() {
        host.put(BASE + "manifests/v1", "{\"mediaType\":\"application/vnd.example\"}".getBytes(UTF_8));
        assertThatThrownBy(this::pull).hasMessageContaining("application/vnd.example is no image");

        host.put(BASE + "manifests/v1", "<html>".getBytes(UTF_8));
        assertThatThrownBy(this::pull).hasMessageContaining("not JSON");
    }

    @Test
    void parametersOfAChallengeAreReadQuotedOrNot() {
        assertThat(RegistryAccess.parameters("Bearer realm=\"https://a/b?c=d\", service=s,scope=\"x,y\""))
                .containsExactlyInAnyOrderEntriesOf(Map.of("realm", "https://a/b?c=d", "service", "s", "scope", "x,y"));
    }
}
