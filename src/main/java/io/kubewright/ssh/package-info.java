/** SSH sessions, scripts, transfer, tunnels; implements engine.Target. Sees engine. */
@NullMarked
package io.kubewright.ssh;

import org.jspecify.annotations.NullMarked;
