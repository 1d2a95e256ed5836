package io.kubewright.network;

/**
 * Who is to blame when two nodes do not hear each other: the one that does not hear most of the others. So one broken node
 * shows at that node and not at all of them.
 */
final class Quorum {
    private Quorum() {}

    /** Whether a node that misses so many, of so many nodes with itself, is the broken one. */
    static boolean lost(int missing, int nodes) {
        return missing > (nodes - 1) / 2;
    }
}
