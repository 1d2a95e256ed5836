package io.kubewright.lab;

/** Takes what a lab is doing, phase by phase. Called from several threads; an implementation returns soon. */
public interface LabProgress {
    void started(String phase);

    void line(String phase, String text);

    void done(String phase, long millis);

    /** Takes everything and drops it. */
    LabProgress NONE = new LabProgress() {
        @Override
        public void started(String phase) {}

        @Override
        public void line(String phase, String text) {}

        @Override
        public void done(String phase, long millis) {}
    };

    /** Does the work of one phase between its two marks. */
    default void phase(String name, Runnable work) {
        long begin = System.nanoTime();
        started(name);
        work.run();
        done(name, (System.nanoTime() - begin) / 1_000_000);
    }
}
