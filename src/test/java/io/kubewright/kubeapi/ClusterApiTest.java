package io.kubewright.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kubewright.engine.Look;
import io.kubewright.engine.Observation;
import io.kubewright.engine.Progress;
import io.kubewright.engine.TargetException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which control plane is used, and what happens when one is lost. */
@SuppressWarnings("NullAway.Init")
class ClusterApiTest {
    private static final Pki PKI = new Pki("127.0.0.1");
    private static final ObjectRef MAP = ObjectRef.of("v1", "ConfigMap", "default", "m");
    private static final ObjectRef POD = ObjectRef.pod("default", "p");

    private FakeApiServer one;
    private FakeApiServer two;
    private FakeHosts hosts;

    @BeforeEach
    void start() throws IOException {
        one = new FakeApiServer(PKI);
        two = new FakeApiServer(PKI);
        hosts = new FakeHosts("n1", "n2");
        hosts.leadingTo(PKI.adminConf(), one.address()).host("n2").apiServer = Optional.of(two.address());
    }

    @AfterEach
    void stop() {
        one.close();
        two.close();
    }

    @Test
    void withoutAnAdminConfThereIsNoCluster() throws InterruptedException {
        hosts.host("n1").adminConf = Optional.empty();
        hosts.host("n2").adminConf = Optional.empty();
        try (ClusterApi api = hosts.api()) {
            assertThat(api.state()).isEqualTo(new ApiState.Absent());
            ObjectResource map = ObjectResource.of(api, "test/map", Set.of(), KubeObject.of(MAP));
            assertThat(map.observe())
                    .isInstanceOfSatisfying(
                            Observation.Deferred.class,
                            deferred -> assertThat(deferred.desired())
                                    .contains(
                                            "app.kubernetes.io/managed-by: kubewright",
                                            "kubewright.io/step: test/map"));
            assertThat(hosts.host("n1").scripts)
                    .as("asked once for both questions")
                    .hasValue(1);
        }
    }

    @Test
    void aHostThatIsDownMayHideACluster() throws InterruptedException {
        hosts.host("n1").up = false;
        hosts.host("n2").adminConf = Optional.empty();
        try (ClusterApi api = hosts.api()) {
            assertThat(api.state())
                    .isInstanceOfSatisfying(
                            ApiState.Unreachable.class,
                            unreachable -> assertThat(unreachable.reason()).contains("n1: no route to host"));
            assertThatThrownBy(() -> api.client().get(MAP)).isInstanceOf(TargetException.class);
        }
    }

    @Test
    void theFirstControlPlaneThatIsReadyIsUsed() throws InterruptedException {
        one.ready = false;
        try (ClusterApi api = hosts.api()) {
            assertThat(api.state()).isEqualTo(new ApiState.Ready("n2"));
        }
        assertThat(hosts.routesOpen).as("routes left open").hasValue(0);
    }

    @Test
    void whatAnApiServerItselfCallsFailingIsSaid() throws InterruptedException {
        one.ready = false;
        two.ready = false;
        try (ClusterApi api = hosts.api()) {
            assertThat(api.state())
                    .isInstanceOfSatisfying(
                            ApiState.Unreachable.class,
                            unreachable -> assertThat(unreachable.reason())
                                    .contains("n1: its API server is not ready (failing: etcd-readiness,"
                                            + " poststarthook/rbac/bootstrap-roles)"));
        }
    }

    @Test
    void aRequestGoesOnThroughAnotherControlPlaneWhenOneIsLost() throws InterruptedException {
        two.put(KubeObject.of(MAP));
        try (ClusterApi api = hosts.api()) {
            assertThat(api.state()).isEqualTo(new ApiState.Ready("n1"));
            one.close();
            hosts.host("n1").up = false;
            assertThat(api.client().get(MAP)).isPresent();
            assertThat(api.state()).isEqualTo(new ApiState.Ready("n2"));
        }
    }

    @Test
    void aRequestThatIsTurnedAwayForAMomentIsMadeAgain() throws InterruptedException {
        one.put(KubeObject.of(MAP));
        try (ClusterApi api = hosts.api()) {
            one.turningAway.set(2);
            assertThat(api.client().get(MAP)).isPresent();
            assertThat(one.requests.stream().filter(each -> each.endsWith("/configmaps/" + MAP.name())))
                    .hasSize(3);
        }
    }

    @Test
    void anEvictionThatIsTurnedAwayIsTheCallersAffair() throws InterruptedException {
        try (ClusterApi api = hosts.api()) {
            one.turningAway.set(1);
            assertThat(api.client().evict(POD))
                    .hasValueSatisfying(why -> assertThat(why).contains("storage is (re)initializing"));
            assertThat(one.turningAway).hasValue(0);
        }
    }

    @Test
    void ourObjectsOfAKindAreReadByOneRequestOfALook() throws InterruptedException {
        ObjectRef other = ObjectRef.of("v1", "ConfigMap", "default", "other");
        ObjectRef foreign = ObjectRef.of("v1", "ConfigMap", "default", "foreign");
        one.put(KubeObject.of(MAP).withLabel(ObjectResource.MANAGED_BY, KubeClient.MANAGER));
        one.put(KubeObject.of(other)
                .withLabel(ObjectResource.MANAGED_BY, KubeClient.MANAGER)
                .with("x".repeat(200_000), "data", "large"));
        one.put(KubeObject.of(foreign));
        try (ClusterApi api = hosts.api()) {
            OwnObjects own = new OwnObjects(api.client(), new Look());
            assertThat(own.get(MAP)).isPresent();
            assertThat(own.get(other).orElseThrow().at("data", "large").text(""))
                    .hasSize(200_000);
            assertThat(own.get(foreign)).as("not ours, asked for by itself").isPresent();
        }
        assertThat(one.requests)
                .containsSubsequence("GET /api/v1/configmaps", "GET /api/v1/namespaces/default/configmaps/foreign")
                .containsOnlyOnce("GET /api/v1/configmaps")
                .doesNotContain("GET /api/v1/namespaces/default/configmaps/other");
    }

    @Test
    void aServerWithACertificateOfAnotherAuthorityIsNotTalkedTo() throws IOException, InterruptedException {
        try (FakeApiServer stranger = new FakeApiServer(new Pki("127.0.0.1"))) {
            FakeHosts alone = new FakeHosts("n1").leadingTo(PKI.adminConf(), stranger.address());
            try (ClusterApi api = alone.api()) {
                assertThat(api.state()).isInstanceOf(ApiState.Unreachable.class);
                assertThat(stranger.requests).isEmpty();
            }
        }
    }

    @Test
    void aServerWithACertificateForAnotherAddressIsNotTalkedTo() throws IOException, InterruptedException {
        Pki elsewhere = new Pki("192.0.2.1");
        try (FakeApiServer misnamed = new FakeApiServer(elsewhere)) {
            FakeHosts alone = new FakeHosts("n1").leadingTo(elsewhere.adminConf(), misnamed.address());
            try (ClusterApi api = alone.api()) {
                assertThat(api.state()).isInstanceOf(ApiState.Unreachable.class);
                assertThat(misnamed.requests).isEmpty();
            }
        }
    }

    @Test
    void aWaitSeesChangesAndOutlivesTheEndOfAWatch() throws Exception {
        one.put(pod("Pending"));
        List<String> said = new CopyOnWriteArrayList<>();
        AtomicReference<Optional<KubeObject>> found = new AtomicReference<>(Optional.empty());
        try (ClusterApi api = hosts.api()) {
            Thread waiting = Thread.ofVirtual().start(() -> {
                try {
                    found.set(
                            api.client().await(POD, Conditions.podPhase("Running"), Duration.ofSeconds(30), said::add));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            await().until(() -> one.watching() == 1);
            one.endWatches();
            await().until(() -> one.watching() == 1);
            one.put(pod("Running"));
            assertThat(waiting.join(Duration.ofSeconds(20))).isTrue();
            assertThat(found.get()).isPresent();
            assertThat(said).containsExactly("p: Pending");
        }
    }

    @Test
    void aWaitForTheEndOfAnObjectSeesIt() throws Exception {
        one.put(pod("Running"));
        try (ClusterApi api = hosts.api()) {
            Thread removing = Thread.ofVirtual().start(() -> {
                await().until(() -> one.watching() == 1);
                one.remove(POD);
            });
            assertThat(api.client().await(POD, Conditions.gone(), Duration.ofSeconds(20), Progress.NONE))
                    .isEmpty();
            removing.join();
        }
    }

    @Test
    void aWaitThatTakesTooLongSaysWhatIsMissing() {
        one.put(pod("Pending"));
        try (ClusterApi api = hosts.api()) {
            assertThatThrownBy(
                            () -> api.client().await(POD, Conditions.podReady(), Duration.ofMillis(300), Progress.NONE))
                    .isInstanceOf(ApiException.class)
                    .hasMessageContaining("p: Pending")
                    .extracting(e -> ((ApiException) e).code())
                    .isEqualTo(ApiException.Code.DEADLINE);
        }
    }

    @Test
    void aWaitForAPodThatFailedEndsAtOnce() {
        one.put(pod("Failed"));
        try (ClusterApi api = hosts.api()) {
            assertThatThrownBy(() -> api.client().awaitPodReady("default", "p", Duration.ofMinutes(5)))
                    .extracting(e -> ((ApiException) e).code())
                    .isEqualTo(ApiException.Code.FAILED);
        }
    }

    @Test
    void aRequestThatIsNotAnsweredCanBeInterrupted() throws InterruptedException {
        try (ClusterApi api = hosts.api()) {
            assertThat(api.state()).isInstanceOf(ApiState.Ready.class);
            one.silent = true;
            AtomicReference<Optional<Throwable>> end = new AtomicReference<>(Optional.empty());
            Thread asking = Thread.ofVirtual().start(() -> {
                try {
                    api.client().read("/version");
                } catch (InterruptedException e) {
                    end.set(Optional.of(e));
                }
            });
            await().until(() -> one.requests.contains("GET /version"));
            asking.interrupt();
            assertThat(asking.join(Duration.ofSeconds(5))).isTrue();
            assertThat(end.get()).containsInstanceOf(InterruptedException.class);
        }
    }

    private static KubeObject pod(String phase) {
        return KubeObject.of(POD).with(phase, "status", "phase");
    }
}
