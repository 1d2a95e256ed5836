/** The file: YAML with positions, schema, problems; knows no capability. Sees no other room. */
@NullMarked
package io.kubewright.spec;

import org.jspecify.annotations.NullMarked;
