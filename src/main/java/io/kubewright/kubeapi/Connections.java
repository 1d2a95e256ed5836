package io.kubewright.kubeapi;

/** Where requests get their connection from. */
interface Connections {
    /**
     * The present connection, or a new one.
     *
     * @throws io.kubewright.engine.TargetException when there is none to be had
     */
    ApiConnection connection() throws InterruptedException;

    /** Takes notice that the connection failed, so that the next one is another. */
    void lost(ApiConnection connection);

    /** How often a request that may be repeated is tried, each time on a new connection. */
    int attempts();
}
