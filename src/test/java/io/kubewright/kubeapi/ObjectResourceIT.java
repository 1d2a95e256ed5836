package io.kubewright.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubewright.engine.Observation;
import io.kubewright.engine.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Server-side apply, dry runs, conflicts and waits against a real API server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class ObjectResourceIT {
    private static final String DAEMONS = """
            apiVersion: apps/v1
            kind: DaemonSet
            metadata: {name: agent, namespace: default, labels: {app: agent}}
            spec:
              selector: {matchLabels: {app: agent}}
              template:
                metadata: {labels: {app: agent}}
                spec:
                  terminationGracePeriodSeconds: 0
                  containers:
                  - name: agent
                    image: example.org/agent:v1
                    resources: {requests: {cpu: "0.25", memory: 128Mi}}
                    env:
                    - {name: ONE, value: "1"}
                    - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
            """;

    private RealApiServer server;
    private ClusterApi api;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException, InterruptedException {
        server = RealApiServer.start(directory);
        api = server.api();
    }

    @AfterAll
    void stop() throws InterruptedException {
        if (api != null) {
            api.close();
            server.close();
        }
    }

    private ObjectResource resource(String yaml) {
        KubeObject object = KubeYaml.readOne("test", yaml);
        return ObjectResource.of(
                api,
                "test/" + object.kind().toLowerCase(java.util.Locale.ROOT) + "/" + object.name(),
                Set.of(),
                object);
    }

    private static Observation.Known known(ObjectResource resource) throws InterruptedException {
        return switch (resource.observe()) {
            case Observation.Known known -> known;
            case Observation.Deferred(String _, String reason) -> throw new AssertionError("deferred: " + reason);
            case Observation.Unreachable unreachable -> throw unreachable.exception();
        };
    }

    private String version(ObjectResource resource) throws InterruptedException {
        return api.client()
                .get(resource.object().ref())
                .orElseThrow()
                .at("metadata", "resourceVersion")
                .text("");
    }

    @Test
    void anAbsentObjectIsPlannedMadeConfirmedAndThenLeftAlone() throws InterruptedException {
        // Rolled out is when its controller has written what it saw: nobody else touches the object afterwards.
        ObjectResource daemons = resource(DAEMONS.replace("name: agent,", "name: first,"))
                .until(Readiness.rolledOut(Duration.ofMinutes(1)));
        Observation.Known before = known(daemons);
        assertThat(before.observed()).isEmpty();
        assertThat(api.client().get(daemons.object().ref()))
                .as("a plan changes nothing")
                .isEmpty();

        daemons.apply(before.observed(), Progress.NONE);
        Observation.Known after = known(daemons);
        assertThat(after.observed()).isEqualTo(before.desired()).isEqualTo(after.desired());

        String version = version(daemons);
        daemons.apply(after.observed(), Progress.NONE);
        assertThat(version(daemons)).isEqualTo(version);

        daemons.undo(Progress.NONE);
        assertThat(known(daemons).observed()).isEmpty();
    }

    @Test
    void aChangedFieldAndADroppedOneShowAndAreApplied() throws InterruptedException {
        ObjectResource old = resource(DAEMONS.replace("name: agent,", "name: second,"));
        old.apply("", Progress.NONE);
        ObjectResource changed = resource(DAEMONS.replace("name: agent,", "name: second,")
                .replace("agent:v1\n", "agent:v2\n")
                .replace("{name: ONE, value: \"1\"}", "{name: TWO, value: \"2\"}"));
        Observation.Known before = known(changed);
        assertThat(before.observed())
                .contains("example.org/agent:v1\n", "name: ONE")
                .doesNotContain("TWO");
        assertThat(before.desired())
                .contains("example.org/agent:v2\n", "name: TWO")
                .doesNotContain("ONE");
        assertThat(before.observed())
                .as("what is as wanted stands in our words")
                .contains("cpu: \"0.25\"");

        changed.apply(before.observed(), Progress.NONE);
        assertThat(known(changed).observed()).isEqualTo(before.desired());
        assertThat(api.client().get(changed.object().ref()).orElseThrow().toString())
                .contains("second");
    }

    @Test
    void fieldsOfOthersAreNeitherComparedNorTouched() throws InterruptedException {
        ObjectResource daemons = resource(DAEMONS.replace("name: agent,", "name: third,"));
        daemons.apply("", Progress.NONE);
        edit(daemons, Map.of("metadata", Map.of("annotations", Map.of("example.org/note", "mine"))));
        Observation.Known seen = known(daemons);
        assertThat(seen.observed()).isEqualTo(seen.desired());
    }

    @Test
    void aFieldThatAnotherManagerTookShowsWithItsNameAndIsTakenBack() throws InterruptedException {
        ObjectResource map = resource(
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: held, namespace: default}, data: {mtu: '1450', x: y}}");
        map.apply("", Progress.NONE);
        edit(map, Map.of("data", Map.of("mtu", "1500")));
        Observation.Known seen = known(map);
        assertThat(seen.observed())
                .startsWith("# .data.mtu held by another-tool\n")
                .contains("mtu: \"1500\"");
        map.apply(seen.observed(), Progress.NONE);
        assertThat(known(map).observed()).isEqualTo(seen.desired()).contains("mtu: \"1450\"");
    }

    @Test
    void aSecretShowsAsKeyedHashesOnly() throws InterruptedException {
        ObjectResource secret = resource(
                "{apiVersion: v1, kind: Secret, metadata: {name: hush, namespace: default}, stringData: {password: swordfish}}");
        secret.apply("", Progress.NONE);
        Observation.Known seen = known(secret);
        assertThat(seen.observed())
                .isEqualTo(seen.desired())
                .contains("password: hmac-sha256:")
                .doesNotContain("swordfish", "c3dvcmRmaXNo");
    }

    @Test
    void whatNeedsANamespaceOrAKindThatIsNotThereIsDeferred() throws InterruptedException {
        ObjectResource map = resource("{apiVersion: v1, kind: ConfigMap, metadata: {name: x, namespace: nowhere}}");
        assertThat(map.observe()).isInstanceOf(Observation.Deferred.class);
        ObjectResource pool = resource("{apiVersion: crd.example.org/v1, kind: Pool, metadata: {name: x}}");
        assertThat(pool.observe()).isInstanceOf(Observation.Deferred.class);
        assertThat(pool.observe().desired()).contains("kind: Pool");
    }

    @Test
    void aCustomResourceDefinitionIsWaitedForUntilItsKindIsServed() throws InterruptedException {
        ObjectResource definition = resource("""
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: widgets.example.org}
                spec:
                  group: example.org
                  scope: Cluster
                  preserveUnknownFields: false
                  names: {kind: Widget, listKind: WidgetList, plural: widgets, singular: widget}
                  versions:
                  - name: v1
                    served: true
                    storage: true
                    schema:
                      openAPIV3Schema:
                        type: object
                        properties: {spec: {type: object, properties: {size: {type: integer, default: 3}}}}
                """);
        Observation.Known before = known(definition);
        assertThat(before.desired()).contains("schema: sha256:").doesNotContain("openAPIV3Schema");
        definition.apply(before.observed(), Progress.NONE);
        assertThat(known(definition).observed()).isEqualTo(before.desired());

        ObjectResource widget =
                resource("{apiVersion: example.org/v1, kind: Widget, metadata: {name: w}, spec: {size: 4}}");
        widget.apply("", Progress.NONE);
        assertThat(known(widget).observed()).isEqualTo(known(widget).desired());

        List<String> said = new ArrayList<>();
        definition.undo(said::add);
        assertThat(said).singleElement().asString().contains("stays");
        assertThat(known(widget).observed()).isNotEmpty();
    }

    @Test
    void aRolloutThatDoesNotComeNamesThePodsAndTheirReasons() throws InterruptedException {
        ObjectResource deployment = resource("""
                        apiVersion: apps/v1
                        kind: Deployment
                        metadata: {name: web, namespace: default}
                        spec:
                          replicas: 2
                          selector: {matchLabels: {app: web}}
                          template:
                            metadata: {labels: {app: web}}
                            spec: {automountServiceAccountToken: false, containers: [{name: web, image: example.org/web:v1}]}
                        """).until(Readiness.rolledOut(Duration.ofSeconds(4)));
        api.client()
                .apply(KubeYaml.readOne(
                        "account",
                        "{apiVersion: v1, kind: ServiceAccount, metadata: {name: default, namespace: default}}"));
        List<String> said = new ArrayList<>();
        assertThatThrownBy(() -> deployment.apply("", said::add))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("web 0/2 ready")
                .hasMessageContaining("web-")
                .hasMessageContaining("Pending");
        assertThat(said).last().isEqualTo("web 0/2 ready");
        assertThat(known(deployment).observed())
                .as("pods that are not ready are no change")
                .isEqualTo(known(deployment).desired());
        deployment.undo(Progress.NONE);
    }

    @Test
    void aReleasedObjectStaysWithoutOurFields() throws InterruptedException {
        api.client()
                .create(
                        KubeYaml.readOne(
                                "theirs",
                                "{apiVersion: v1, kind: ConfigMap, metadata: {name: shared, namespace: default}, data: {a: b}}"));
        ObjectResource ours = resource(
                        "{apiVersion: v1, kind: ConfigMap, metadata: {name: shared, namespace: default}, data: {c: d}}")
                .takenBackBy(ObjectResource.Removal.RELEASE);
        ours.apply("", Progress.NONE);
        ours.undo(Progress.NONE);
        KubeObject left = api.client().get(ours.object().ref()).orElseThrow();
        assertThat(left.at("data").entries()).containsOnlyKeys("a");
        assertThat(left.at("metadata", "labels").isPresent()).isFalse();
    }

    @Test
    void aNamespaceIsDeletedAndWaitedFor() throws InterruptedException {
        ObjectRef namespace = ObjectRef.namespace("short-lived");
        api.client().create(KubeObject.of(namespace));
        api.client().create(KubeObject.of(ObjectRef.of("v1", "ConfigMap", "short-lived", "x")));
        api.client().deleteAndWait(namespace, Duration.ofSeconds(60));
        assertThat(api.client().get(namespace)).isEmpty();
    }

    private void edit(ObjectResource resource, Map<String, Object> changes) throws InterruptedException {
        ObjectRef ref = resource.object().ref();
        Kinds kinds = new Kinds(new Requests(new FixedConnections()));
        ApiConnection.Answer answer = new Requests(new FixedConnections())
                .answer(
                        "PATCH",
                        kinds.of(ref.apiVersion(), ref.kind()).path(ref) + "?fieldManager=another-tool",
                        "application/merge-patch+json",
                        Json.write(changes),
                        Requests.Repeat.ALLOWED);
        assertThat(answer.code()).isEqualTo(200);
    }

    private final class FixedConnections implements Connections {
        @Override
        public ApiConnection connection() {
            return ApiConnection.open(
                    "n1",
                    new FakeHosts("n1").leadingTo("", server.address).open("n1", 6443, Duration.ofSeconds(1)),
                    server.pki.credentials());
        }

        @Override
        public void lost(ApiConnection connection) {}

        @Override
        public int attempts() {
            return 1;
        }
    }
}
