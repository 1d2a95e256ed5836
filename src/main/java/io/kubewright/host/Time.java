package io.kubewright.host;

import io.kubewright.engine.Deviation;
import io.kubewright.engine.HostFacts;
import io.kubewright.engine.HostResource;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.Refusal;
import io.kubewright.engine.Shell;
import io.kubewright.engine.StepId;
import io.kubewright.engine.resource.Service;
import io.kubewright.engine.resource.TextFile;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The host's clock follows the time servers of the file, through whichever service is there: chrony, else
 * systemd-timesyncd. Where none is, {@link Packages} brings chrony.
 *
 * <p>The service is looked at once our file is there, so that a package that comes in the same run does not change what was
 * planned.
 *
 * @param brought whether {@link Packages} has chrony for this host
 */
record Time(StepId id, Set<StepId> needs, List<String> servers, HostFacts facts, boolean brought)
        implements HostResource {
    private static final String FUNCTIONS = ShellFunctions.of("time.sh");
    private static final String CHRONY = "chrony.service";
    private static final String CHRONYD = "chronyd.service";
    private static final String TIMESYNCD = "systemd-timesyncd.service";
    private static final String CHRONY_SOURCES = "/etc/chrony/sources.d";
    private static final Set<String> KNOWN = Set.of(CHRONY, CHRONYD, TIMESYNCD);

    private String unit() {
        return facts.timeService().orElseGet(this::broughtUnit);
    }

    /** The unit of the chrony that {@link Packages} brings: Debian's kin and nobody else calls it like the package. */
    private String broughtUnit() {
        return facts.packageManager().flatMap(PackageManager::of).equals(Optional.of(PackageManager.APT))
                ? CHRONY
                : CHRONYD;
    }

    private boolean chrony() {
        return !unit().equals(TIMESYNCD);
    }

    /** A lab's hosts have the machine's clock. */
    private boolean ownClock() {
        return !facts.has(Deviation.SHARED_KERNEL);
    }

    private TextFile file() {
        return chrony()
                ? new TextFile(
                        CHRONY_SOURCES + "/kubewright.sources",
                        "0644",
                        servers.stream()
                                .map(server -> "server " + server + " iburst\n")
                                .collect(Collectors.joining()))
                : new TextFile(
                        "/etc/systemd/timesyncd.conf.d/kubewright.conf",
                        "0644",
                        "[Time]\nNTP=" + String.join(" ", servers) + "\n");
    }

    private Service service() {
        return new Service(unit(), true);
    }

    @Override
    public String probe() {
        return ownClock()
                ? FUNCTIONS
                        + file().probe()
                        + "if [ -f " + Shell.quote(file().path()) + " ]; then\n"
                        + (chrony() ? "reading " + Shell.quote(CHRONY_SOURCES) + "\n" : "")
                        + service().probe(List.of(file().path()))
                        + "fi\n"
                : "";
    }

    @Override
    public String desired(String observed) {
        return ownClock()
                ? file().state()
                        + (chrony() ? "chrony reads " + CHRONY_SOURCES + "\n" : "")
                        + service().state()
                : "";
    }

    @Override
    public String apply(String observed, Outputs outputs) {
        return FUNCTIONS
                + "remember " + Shell.words(unit(), file().path()) + "\n"
                + file().put()
                + (chrony() ? "read_too " + Shell.quote(CHRONY_SOURCES) + "\n" : "")
                + "follow " + Shell.words(unit(), file().path()) + " " + Shell.words(servers) + "\n";
    }

    @Override
    public String undo() {
        return ownClock() ? FUNCTIONS + "put_back\n" : "";
    }

    @Override
    public Optional<Refusal> refusal(String observed) {
        if (ownClock() && facts.timeService().isEmpty() && !brought) {
            return Optional.of(new Refusal(
                    "nothing keeps the clock here, and no chrony can be brought for %s %s"
                            .formatted(facts.osId(), facts.osVersion()),
                    "install chrony on the host, or take host.time out of the file"));
        }
        if (ownClock() && !KNOWN.contains(unit())) {
            return Optional.of(new Refusal(
                    unit() + " keeps the clock here, which Kubewright does not set up",
                    "tell it the servers of host.time by hand and take them out of the file, or replace it by chrony"));
        }
        return Optional.empty();
    }

    @Override
    public Optional<String> deviation() {
        return Optional.ofNullable(facts.deviations().get(Deviation.SHARED_KERNEL))
                .map(deviation -> deviation.why() + ": the clock is the machine's and is left alone");
    }
}
