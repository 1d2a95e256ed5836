/** What proofs share: work done on many hosts side by side, the probe on hosts and in pods, the proof pods. */
@NullMarked
package io.kubewright.kubeapi.proof;

import org.jspecify.annotations.NullMarked;
