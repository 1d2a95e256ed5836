package io.kubewright.kubeapi;

import java.net.InetSocketAddress;

/** An open way to one API server. */
public interface ApiRoute extends AutoCloseable {
    /** Where to connect on this machine; what is sent there arrives at the API server. */
    InetSocketAddress entrance();

    @Override
    void close();
}
