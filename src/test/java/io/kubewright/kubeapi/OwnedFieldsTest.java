package io.kubewright.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OwnedFieldsTest {
    /** The shape of managedFields is what kube-apiserver 1.36.4 gave for such an object. */
    private static final KubeObject SERVICE = KubeYaml.readOne("test", """
            apiVersion: v1
            kind: Service
            metadata:
              name: web
              namespace: default
              labels: {ours: "1", theirs: "2"}
              finalizers: [ours/one, theirs/two]
              managedFields:
              - manager: kubewright
                operation: Apply
                fieldsV1:
                  "f:metadata":
                    "f:labels": {"f:ours": {}}
                    "f:finalizers": {'v:"ours/one"': {}}
                  "f:spec":
                    "f:selector": {}
                    "f:ports":
                      'k:{"port":80,"protocol":"TCP"}': {".": {}, "f:port": {}, "f:targetPort": {}}
              - manager: kubewright
                operation: Update
                fieldsV1: {"f:spec": {"f:clusterIP": {}}}
              - manager: kubewright
                operation: Apply
                subresource: status
                fieldsV1: {"f:status": {"f:loadBalancer": {}}}
            spec:
              clusterIP: 10.96.0.7
              selector: {app: web, tier: front}
              ports:
              - {port: 443, protocol: TCP, targetPort: 8443}
              - {port: 80, protocol: TCP, targetPort: 8080, nodePort: 30080}
            status: {loadBalancer: {x: 1}}
            """);

    @Test
    void onlyWhatWeAppliedIsSeen() {
        assertThat(KubeYaml.write(OwnedFields.of(SERVICE, "kubewright").in(SERVICE)))
                .isEqualTo("""
                apiVersion: v1
                kind: Service
                metadata:
                  finalizers:
                  - ours/one
                  labels:
                    ours: "1"
                  name: web
                  namespace: default
                spec:
                  ports:
                  - port: 80
                    targetPort: 8080
                  selector:
                    app: web
                    tier: front
                """);
    }

    @Test
    void aUnionSeesWhatEitherSees() {
        KubeObject other =
                SERVICE.with(KubeYaml.readOne("fields", """
                        apiVersion: v1
                        kind: X
                        managedFields: [{manager: other, operation: Apply, fieldsV1: {"f:metadata": {"f:labels": {"f:theirs": {}}}}}]
                        """).at("managedFields").value(), "metadata", "managedFields");
        OwnedFields both = OwnedFields.of(SERVICE, "kubewright").union(OwnedFields.of(other, "other"));
        assertThat(Tree.of(both.in(SERVICE)).at("metadata", "labels").entries()).containsOnlyKeys("ours", "theirs");
    }
}
