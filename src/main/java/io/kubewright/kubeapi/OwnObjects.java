package io.kubewright.kubeapi;

import io.kubewright.engine.Look;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What we made, as it is during one look: all of a kind are read by one request, not one by one. */
final class OwnObjects {
    private static final String SELECTOR = ObjectResource.MANAGED_BY + "=" + KubeClient.MANAGER;

    private final KubeClient client;
    private final Look look;

    OwnObjects(KubeClient client, Look look) {
        this.client = client;
        this.look = look;
    }

    /** All of the kind; none when the API does not serve it. */
    Map<ObjectRef, KubeObject> ofKind(LeftObject.Kind kind) throws InterruptedException {
        return look.once(kind, () -> read(kind));
    }

    /** The object, be it ours or not. */
    Optional<KubeObject> get(ObjectRef ref) throws InterruptedException {
        KubeObject own =
                ofKind(new LeftObject.Kind(ref.apiVersion(), ref.kind())).get(ref);
        return own == null ? client.get(ref) : Optional.of(own);
    }

    private Map<ObjectRef, KubeObject> read(LeftObject.Kind kind) throws InterruptedException {
        Map<ObjectRef, KubeObject> objects = new LinkedHashMap<>();
        try {
            client.labelled(kind.apiVersion(), kind.kind(), SELECTOR)
                    .forEach(object -> objects.put(object.ref(), object));
        } catch (ApiException e) {
            if (e.code() != ApiException.Code.UNKNOWN_KIND) {
                throw e;
            }
        }
        return objects;
    }
}
