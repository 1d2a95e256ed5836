package io.kubewright.spec;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Guesses what a misspelt word was meant to be. */
public final class Suggestion {
    private Suggestion() {}

    /** The word of {@code words} nearest to {@code typed}, when one is near enough to be meant. */
    public static Optional<String> nearest(String typed, Collection<String> words) {
        int limit = Math.max(1, typed.length() / 3);
        return words.stream()
                .filter(word -> distance(typed, word) <= limit)
                .min(Comparator.comparingInt(word -> distance(typed, word)));
    }

    /** "did you mean 'x'?", or {@code otherwise}. */
    public static String hint(String typed, Collection<String> words, String otherwise) {
        return nearest(typed, words).map(word -> "did you mean '" + word + "'?").orElse(otherwise);
    }

    /** Optimal string alignment: insert, delete, replace and swap of neighbours cost 1 each; case costs nothing. */
    static int distance(String from, String to) {
        String a = from.toLowerCase(Locale.ROOT);
        String b = to.toLowerCase(Locale.ROOT);
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int replace = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                int best = Math.min(cost[i - 1][j - 1] + replace, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    best = Math.min(best, cost[i - 2][j - 2] + 1);
                }
                cost[i][j] = best;
            }
        }
        return cost[a.length()][b.length()];
    }
}
