@org.jspecify.annotations.NullMarked
package io.kubewright.kubeapi;
