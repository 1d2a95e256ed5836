package io.kubewright.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The difference of two texts in the unified format, without file names.
 *
 * <p>Shortest by Myers' greedy algorithm (Algorithmica 1, 1986) while the texts differ in at most {@value #MAX_EDITS}
 * lines; beyond that the part between the common head and tail counts as replaced, which is right but longer.
 */
public final class Diff {
    /** Lines around a change that are shown with it. */
    static final int CONTEXT = 3;

    static final int MAX_EDITS = 1000;

    private static final String NO_END = "\\ No newline at end of file\n";

    private Diff() {}

    /** Hunks that turn {@code before} into {@code after}; empty exactly when the texts are equal. */
    public static String unified(String before, String after) {
        if (before.equals(after)) {
            return "";
        }
        return hunks(edits(lines(before), lines(after)));
    }

    private enum Kind {
        KEEP(' '),
        DELETE('-'),
        INSERT('+');

        private final char sign;

        Kind(char sign) {
            this.sign = sign;
        }
    }

    /** A line with its end, if it has one. */
    private record Edit(Kind kind, String line) {}

    private static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        int from = 0;
        while (from < text.length()) {
            int end = text.indexOf('\n', from);
            int next = end < 0 ? text.length() : end + 1;
            lines.add(text.substring(from, next));
            from = next;
        }
        return lines;
    }

    private static List<Edit> edits(List<String> before, List<String> after) {
        int shorter = Math.min(before.size(), after.size());
        int head = 0;
        while (head < shorter && before.get(head).equals(after.get(head))) {
            head++;
        }
        int tail = 0;
        while (tail < shorter - head
                && before.get(before.size() - 1 - tail).equals(after.get(after.size() - 1 - tail))) {
            tail++;
        }
        List<Edit> edits = new ArrayList<>();
        before.subList(0, head).forEach(line -> edits.add(new Edit(Kind.KEEP, line)));
        edits.addAll(middle(before.subList(head, before.size() - tail), after.subList(head, after.size() - tail)));
        before.subList(before.size() - tail, before.size()).forEach(line -> edits.add(new Edit(Kind.KEEP, line)));
        return edits;
    }

    private static List<Edit> middle(List<String> before, List<String> after) {
        int most = Math.min(before.size() + after.size(), MAX_EDITS);
        // reach[k + most]: how far down `before` a path with k = x - y gets; one copy of the used part per number of
        // edits
        int[] reach = new int[2 * most + 2];
        List<int[]> trace = new ArrayList<>();
        for (int edits = 0; edits <= most; edits++) {
            trace.add(Arrays.copyOfRange(reach, most - edits, most + edits + 2));
            for (int k = -edits; k <= edits; k += 2) {
                boolean down = k == -edits || k != edits && reach[k - 1 + most] < reach[k + 1 + most];
                int x = down ? reach[k + 1 + most] : reach[k - 1 + most] + 1;
                int y = x - k;
                while (x < before.size() && y < after.size() && before.get(x).equals(after.get(y))) {
                    x++;
                    y++;
                }
                reach[k + most] = x;
                if (x >= before.size() && y >= after.size()) {
                    return backtrack(before, after, trace);
                }
            }
        }
        List<Edit> replaced = new ArrayList<>();
        before.forEach(line -> replaced.add(new Edit(Kind.DELETE, line)));
        after.forEach(line -> replaced.add(new Edit(Kind.INSERT, line)));
        return replaced;
    }

    private static List<Edit> backtrack(List<String> before, List<String> after, List<int[]> trace) {
        List<Edit> backwards = new ArrayList<>();
        int x = before.size();
        int y = after.size();
        for (int edits = trace.size() - 1; edits >= 0; edits--) {
            int[] reach = trace.get(edits);
            int k = x - y;
            boolean down = k == -edits || k != edits && reach[k - 1 + edits] < reach[k + 1 + edits];
            int previousK = down ? k + 1 : k - 1;
            int previousX = edits == 0 ? 0 : reach[previousK + edits];
            int previousY = edits == 0 ? 0 : previousX - previousK;
            while (x > previousX && y > previousY) {
                x--;
                y--;
                backwards.add(new Edit(Kind.KEEP, before.get(x)));
            }
            if (edits > 0 && down) {
                y--;
                backwards.add(new Edit(Kind.INSERT, after.get(y)));
            } else if (edits > 0) {
                x--;
                backwards.add(new Edit(Kind.DELETE, before.get(x)));
            }
        }
        return backwards.reversed();
    }

    private static String hunks(List<Edit> edits) {
        StringBuilder text = new StringBuilder();
        int before = 0;
        int after = 0;
        int at = 0;
        while (at < edits.size()) {
            int first = nextChange(edits, at);
            if (first == edits.size()) {
                break;
            }
            int from = Math.max(at, first - CONTEXT);
            before += from - at;
            after += from - at;
            int to = hunkEnd(edits, first);
            List<Edit> hunk = edits.subList(from, to);
            int removed = (int)
                    hunk.stream().filter(edit -> edit.kind() != Kind.INSERT).count();
            int added = (int)
                    hunk.stream().filter(edit -> edit.kind() != Kind.DELETE).count();
            text.append("@@ -")
                    .append(range(before, removed))
                    .append(" +")
                    .append(range(after, added))
                    .append(" @@\n");
            for (Edit edit : hunk) {
                text.append(edit.kind().sign).append(edit.line());
                if (!edit.line().endsWith("\n")) {
                    text.append('\n').append(NO_END);
                }
            }
            before += removed;
            after += added;
            at = to;
        }
        return text.toString();
    }

    private static int nextChange(List<Edit> edits, int from) {
        int at = from;
        while (at < edits.size() && edits.get(at).kind() == Kind.KEEP) {
            at++;
        }
        return at;
    }

    /** Where the hunk of the change at {@code first} ends: changes with at most twice the context between them share one. */
    private static int hunkEnd(List<Edit> edits, int first) {
        int end = first;
        while (true) {
            while (end < edits.size() && edits.get(end).kind() != Kind.KEEP) {
                end++;
            }
            int next = nextChange(edits, end);
            if (next == edits.size() || next - end > 2 * CONTEXT) {
                return Math.min(end + CONTEXT, edits.size());
            }
            end = next;
        }
    }

    /** A range in the unified format: an empty one names the line before it, and a count of one is left out. */
    private static String range(int linesBefore, int count) {
        return switch (count) {
            case 0 -> linesBefore + ",0";
            case 1 -> String.valueOf(linesBefore + 1);
            default -> (linesBefore + 1) + "," + count;
        };
    }
}
