package io.kubewright.kubeapi;

import java.time.Duration;

/** Opens ways to the API servers of control planes, through SSH. */
@FunctionalInterface
public interface ApiRoutes {
    /**
     * Opens a way to the API server that runs on the control plane itself.
     *
     * @param controlPlane the host's name in the file
     * @param port of the API server, on the host's loopback address
     * @throws io.kubewright.engine.TargetException when there is no way
     */
    ApiRoute open(String controlPlane, int port, Duration deadline) throws InterruptedException;
}
