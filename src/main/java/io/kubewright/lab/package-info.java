/** Hosts inside this machine; writes an overlay for a file, never touches the others. Sees spec, ssh and bundle. */
@NullMarked
package io.kubewright.lab;

import org.jspecify.annotations.NullMarked;
