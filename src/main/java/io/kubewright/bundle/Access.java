package io.kubewright.bundle;

import io.kubewright.engine.Secret;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** What is shown to a server that asks who is there. */
interface Access {
    /** Nothing to show. */
    Access NONE = new Access() {
        @Override
        public Optional<Secret> authorization(URI uri) {
            return Optional.empty();
        }

        @Override
        public boolean answer(URI uri, List<String> challenges) {
            return false;
        }
    };

    /** The {@code Authorization} header for a request, if there is one already. */
    Optional<Secret> authorization(URI uri);

    /**
     * Gets what the server asks for.
     *
     * @param challenges the values of {@code WWW-Authenticate}
     * @return whether it is worth asking the server again
     */
    boolean answer(URI uri, List<String> challenges) throws IOException, InterruptedException;
}
