/** Storage classes for the registry and others. Sees the ground. */
@NullMarked
package io.kubewright.storage;

import org.jspecify.annotations.NullMarked;
