/** Resources, proofs, plans, steps, journal, scheduler, run events and targets. Sees no other room. */
@NullMarked
package io.kubewright.engine;

import org.jspecify.annotations.NullMarked;
