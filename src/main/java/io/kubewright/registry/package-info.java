/** A private registry with TLS and trust. Sees the ground. */
@NullMarked
package io.kubewright.registry;

import org.jspecify.annotations.NullMarked;
