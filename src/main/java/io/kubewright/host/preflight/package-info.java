/** Active checks of hosts before anything is changed: they listen, send and write scratch files, and clean up. */
@NullMarked
package io.kubewright.host.preflight;

import org.jspecify.annotations.NullMarked;
