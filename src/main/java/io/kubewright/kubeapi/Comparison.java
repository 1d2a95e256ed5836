package io.kubewright.kubeapi;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An object of ours beside what the API has, as a dry run of server-side apply shows it where they differ in a word. Only fields that we apply, or
 * have applied, count: those of others are neither compared nor touched.
 *
 * @param live what the API has, in the words of our manifest; empty when the object is not there
 * @param same whether applying would change nothing
 * @param conflicts fields that others hold, such as {@code .spec.replicas held by kubectl-edit}; sorted
 */
record Comparison(Optional<Map<String, Object>> live, boolean same, List<String> conflicts) {
    /**
     * Compares.
     *
     * @param live what the API has, whole
     * @throws ApiException when the API does not take the object
     */
    static Comparison of(KubeClient client, KubeObject wanted, Optional<KubeObject> live) throws InterruptedException {
        if (live.filter(object -> isAsApplied(wanted, object)).isPresent()) {
            return new Comparison(Optional.of(wanted.content()), true, List.of());
        }
        ApiConnection.Answer answer = client.applying(wanted, true, false);
        List<String> conflicts = Statuses.conflicts(answer);
        if (!conflicts.isEmpty()) {
            answer = client.applying(wanted, true, true);
        }
        if (!answer.succeeded()) {
            throw Statuses.exception("trying to apply " + wanted.ref(), answer);
        }
        KubeObject made = new KubeObject(Json.read(answer.body()));
        return live.map(object -> compare(wanted, made, object, conflicts))
                .orElseGet(() -> new Comparison(Optional.empty(), false, List.of()));
    }

    /**
     * Whether we own exactly what we want, word for word: then applying changes nothing, and the API, for which a dry run of a
     * large definition is work, need not be asked. Not so where it has normalised our words, or keeps none of them.
     */
    static boolean isAsApplied(KubeObject wanted, KubeObject live) {
        return OwnedFields.of(live, KubeClient.MANAGER).in(live).equals(wanted.content());
    }

    private static Comparison compare(KubeObject wanted, KubeObject made, KubeObject live, List<String> conflicts) {
        OwnedFields fields = OwnedFields.of(made, KubeClient.MANAGER).union(OwnedFields.of(live, KubeClient.MANAGER));
        Map<String, Object> madeOurs = fields.in(made);
        Map<String, Object> liveOurs = fields.in(live);
        Map<String, Object> reworded =
                Values.map(Rewording.of(wanted.content(), madeOurs, liveOurs).orElseThrow());
        return new Comparison(Optional.of(reworded), madeOurs.equals(liveOurs), conflicts);
    }
}
