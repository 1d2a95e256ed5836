package io.kubewright.bundle;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;

/** The files beside the room's classes. */
final class Resources {
    private Resources() {}

    static InputStream open(String name) throws IOException {
        InputStream in = Resources.class.getResourceAsStream(name);
        if (in == null) {
            throw new FileNotFoundException("resource " + name);
        }
        return in;
    }

    static byte[] read(String name) {
        try (InputStream in = open(name)) {
            return in.readAllBytes();
        } catch (IOException unreadable) {
            throw BundleException.storage("reading the resource " + name, unreadable);
        }
    }

    static boolean exists(String name) {
        return Resources.class.getResource(name) != null;
    }
}
