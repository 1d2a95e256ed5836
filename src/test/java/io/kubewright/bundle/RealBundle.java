package io.kubewright.bundle;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The bundle that the lab needs, from the cache of this machine; built there when it is missing, which takes 25 min. */
public final class RealBundle {
    private static final List<String> FEATURES = List.of("calico", "core", "kube-vip", "proof");

    /** What a file with an attachment that hands out a range asks for besides. */
    private static final List<String> ATTACHMENTS = List.of("attachments", "whereabouts");

    private RealBundle() {}

    /** Built once, whoever asks first. */
    public static synchronized Bundle get() throws InterruptedException {
        return of(FEATURES);
    }

    /** The one for further networks of pods; five minutes more. */
    public static synchronized Bundle withAttachments() throws InterruptedException {
        return of(Stream.of(FEATURES, ATTACHMENTS).flatMap(List::stream).toList());
    }

    private static Bundle of(List<String> features) throws InterruptedException {
        return new Builder(Builder.defaultCache(System.getenv()), RealBundle::tell)
                .build(features, Set.of(Architecture.ofThisMachine()));
    }

    private static void tell(BuildEvent event) {
        if (event instanceof BuildEvent.Finished(String subject, java.time.Duration elapsed, boolean cached)
                && !cached) {
            System.out.println("bundle: " + subject + " done in " + elapsed.toSeconds() + " s");
        }
    }
}
