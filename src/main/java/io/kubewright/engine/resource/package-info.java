/** Shapes of host resources that several rooms need: files, binaries, services, container images. */
@NullMarked
package io.kubewright.engine.resource;

import org.jspecify.annotations.NullMarked;
