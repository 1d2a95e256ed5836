package io.kubewright.lab;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The lab of this machine: real systemd hosts in one network, at most one lab a machine.
 *
 * <p>INVARIANT: what is made is first written down in the state, so that {@link #down} finds it after any kill.
 */
public final class Lab {
    private static final String WORK = "work";

    private final StateDirectory directory;
    private final Path cache;

    Lab(StateDirectory directory, Path cache) {
        this.directory = directory;
        this.cache = cache;
    }

    private RootFilesystem rootFilesystem(LabState state) {
        return new RootFilesystem(cache, state.backend());
    }

    /** The lab of this machine, whether it stands or not. */
    public static Lab ofThisMachine() {
        return new Lab(StateDirectory.DEFAULT, Machine.cache());
    }

    /** What the standing lab adds to a file that names only its hosts; empty when none stands or this user may not see it. */
    public static Optional<LabOverlay> standing() {
        return ofThisMachine().overlay();
    }

    /** A file with the built-in lab, the same as {@code examples/lab.yaml}. */
    public static Path builtInFile() {
        StateDirectory cache = new StateDirectory(Machine.cache());
        try (InputStream in = Objects.requireNonNull(Lab.class.getResourceAsStream("lab.yaml"))) {
            Path file = cache.root().resolve("lab.yaml");
            cache.write(file, new String(in.readAllBytes(), StandardCharsets.UTF_8));
            return file;
        } catch (IOException e) {
            throw LabException.storage("cannot read the built-in lab", e);
        }
    }

    Optional<LabOverlay> overlay() {
        if (!Files.isReadable(directory.root())) {
            return Optional.empty();
        }
        boolean standing = directory
                .read()
                .filter(state -> state.phase() == LabState.Phase.STANDING)
                .isPresent();
        return standing ? directory.read(directory.overlay(), LabOverlay.class) : Optional.empty();
    }

    /**
     * Brings these hosts up: adds those that the standing lab lacks, powers on those that are off.
     *
     * @param backend what the hosts are; empty for those of the standing lab, else containers
     * @param names further names and addresses that the hosts' resolver shall know, such as a registry's
     * @throws LabException REFUSED when nothing was changed, UNFIT when the hosts do not fit a lab
     */
    public LabOverlay up(
            List<LabHost> hosts, Optional<Backend> backend, Map<String, String> names, LabProgress progress) {
        Machine.requireRoot();
        LabNetwork network = LabNetwork.of(hosts);
        try (LabLock lock = LabLock.take()) {
            Optional<LabState> found = directory.read();
            LabState state;
            if (found.filter(each -> each.phase() == LabState.Phase.STANDING).isPresent()) {
                backend.filter(wanted -> wanted != found.get().backend()).ifPresent(wanted -> {
                    throw LabException.refused(
                            "the hosts of the standing lab are of the backend "
                                    + found.get().backend().word(),
                            "Take it down first (kubewright lab down), or leave --backend out.");
                });
                state = found.get().plus(found.get().missing(hosts));
            } else {
                clearHalfMade(progress);
                new Switch(network).refuseForeignUse();
                state = new LabState(
                                LabState.SCHEMA,
                                HostFiles.randomHex(16),
                                Machine.bootId(),
                                LabState.Phase.RAISING,
                                backend.orElse(Backend.NSPAWN),
                                network.prefix(),
                                List.of(),
                                List.of(),
                                Machine.cache().toString())
                        .plus(hosts);
            }
            return raise(state, hosts, names, progress);
        }
    }

    private void clearHalfMade(LabProgress progress) {
        if (directory.exists()
                || !Switch.namespaces().isEmpty()
                || !Switch.links().isEmpty()) {
            progress.phase("clear", () -> {
                progress.line("clear", "a killed run left a half-made lab: taking it down first");
                lower(line -> progress.line("clear", line));
            });
        }
    }

    private LabOverlay raise(LabState wanted, List<LabHost> hosts, Map<String, String> names, LabProgress progress) {
        List<LabState.Member> unmade =
                wanted.members().stream().filter(member -> !member.made()).toList();
        Machine.requireRoom(
                wanted.backend(),
                directory.root(),
                unmade.size(),
                !rootFilesystem(wanted).isBuilt());
        boolean booted = !wanted.bootId().equals(Machine.bootId());
        directory.create();
        Cgroups cgroups = Cgroups.ofThisMachine();
        LabState state = wanted.withCgroups(cgroupsOf(wanted, cgroups)).withBoot(Machine.bootId());
        directory.write(state);

        if (!unmade.isEmpty()) {
            progress.phase(
                    "packages",
                    () -> Machine.installPackages(state.backend(), line -> progress.line("packages", line)));
            progress.phase("root file system", () -> buildRoot(rootFilesystem(state), cgroups, progress));
        }
        Kernel kernel = Kernel.ofThisMachine();
        progress.phase("network", () -> raiseNetwork(state, names, cgroups, booted));
        List<LabState.Member> toStart = state.members().stream()
                .filter(member -> booted || hosts.contains(member.host()))
                .filter(member ->
                        !member.made() || !hostOf(state, member, cgroups).isRunning())
                .toList();
        if (!toStart.isEmpty()) {
            progress.phase("hosts", () -> raiseHosts(state, toStart, cgroups, kernel, progress));
        }
        LabState standing = state.allMade().with(LabState.Phase.STANDING);
        LabOverlay overlay = new LabOverlay(
                standing.id(),
                standing.hosts(),
                "admin",
                directory.key(),
                directory.knownHosts(),
                standing.backend() == Backend.VM
                        ? List.of()
                        : kernel.deviations(standing.hosts().size()));
        directory.writeJson(directory.overlay(), overlay);
        directory.write(standing);
        return overlay;
    }

    private static List<String> cgroupsOf(LabState state, Cgroups cgroups) {
        List<Path> all = new ArrayList<>(cgroups.named(WORK));
        all.addAll(cgroups.named(Resolver.PURPOSE));
        state.members().forEach(member -> all.addAll(cgroups.named(member.name())));
        return java.util.stream.Stream.concat(
                        state.cgroups().stream(), all.stream().map(Path::toString))
                .distinct()
                .toList();
    }

    private void buildRoot(RootFilesystem rootFilesystem, Cgroups cgroups, LabProgress progress) {
        if (rootFilesystem.isBuilt()) {
            return;
        }
        List<Path> leaves = cgroups.create(WORK, "run");
        directory.write(
                directory.cgroups(WORK),
                String.join("\n", leaves.stream().map(Path::toString).toList()) + "\n");
        Thread interrupted = new Thread(() -> Cgroups.kill(cgroups.named(WORK)));
        Runtime.getRuntime().addShutdownHook(interrupted);
        try {
            progress.line("root file system", "Debian " + RootFilesystem.SUITE + ", once for all labs of this machine");
            rootFilesystem.build(directory, directory.cgroups(WORK), line -> progress.line("root file system", line));
        } finally {
            Runtime.getRuntime().removeShutdownHook(interrupted);
        }
        Cgroups.remove(cgroups.named(WORK));
    }

    private void raiseNetwork(LabState state, Map<String, String> names, Cgroups cgroups, boolean booted) {
        if (!Files.exists(directory.sharedSettings()) || booted) {
            directory.writeJson(directory.sharedSettings(), SharedSettings.ofThisMachine());
        }
        if (!Files.exists(directory.key())) {
            Path next = directory.root().resolve("key.next");
            Command.of("rm", "-f", next.toString(), next + ".pub").run();
            Command.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "kubewright-lab", "-f", next.toString())
                    .run();
            Command.of("mv", next + ".pub", directory.key() + ".pub").run();
            Command.of("mv", next.toString(), directory.key().toString()).run();
        }
        Switch theSwitch = new Switch(state.network());
        if (!theSwitch.stands()) {
            theSwitch.raise();
        }
        Resolver resolver = new Resolver(directory, state.network());
        resolver.names(state.hosts(), names);
        if (!resolver.answers()) {
            Cgroups.remove(cgroups.named(Resolver.PURPOSE));
            resolver.start(cgroups.create(Resolver.PURPOSE, "run"));
        }
    }

    private void raiseHosts(
            LabState state, List<LabState.Member> toStart, Cgroups cgroups, Kernel kernel, LabProgress progress) {
        Map<String, String> keys = new LinkedHashMap<>(knownHosts());
        for (LabState.Member member : toStart) {
            hostOf(state, member, cgroups).cut();
            if (!member.made()) {
                Trees.remove(directory.host(member.name()));
                keys.put(member.address(), writeFiles(state, member));
                hostOf(state, member, cgroups).make(rootFilesystem(state).directory());
            }
        }
        StringBuilder text = new StringBuilder();
        state.members()
                .forEach(member -> text.append(member.address())
                        .append(',')
                        .append(member.name())
                        .append(' ')
                        .append(keys.getOrDefault(member.address(), ""))
                        .append('\n'));
        directory.write(directory.knownHosts(), text.toString());

        AtomicInteger up = new AtomicInteger();
        inParallel(toStart, member -> {
            RunningHost host = hostOf(state, member, cgroups);
            host.powerOn(rootFilesystem(state).directory(), kernel);
            host.awaitLogin();
            progress.line("hosts", member.name() + " is up (" + up.incrementAndGet() + " of " + toStart.size() + ")");
        });
    }

    private String writeFiles(LabState state, LabState.Member member) {
        return new HostFiles(rootFilesystem(state).directory(), directory.host(member.name()))
                .write(
                        member.host(),
                        state.network(),
                        state.backend(),
                        state.id(),
                        StateDirectory.text(Path.of(directory.key() + ".pub")));
    }

    /** Keys of the hosts by address. */
    private Map<String, String> knownHosts() {
        Map<String, String> keys = new LinkedHashMap<>();
        if (Files.exists(directory.knownHosts())) {
            for (String line : StateDirectory.text(directory.knownHosts()).split("\n")) {
                String[] words = line.split(" ", 2);
                if (words.length == 2) {
                    keys.put(words[0].split(",")[0], words[1]);
                }
            }
        }
        return keys;
    }

    private interface Work {
        void on(LabState.Member member);
    }

    private static void inParallel(List<LabState.Member> members, Work work) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (LabState.Member member : members) {
                all.add(threads.submit(() -> work.on(member)));
            }
            for (Future<?> each : all) {
                each.get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LabException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException(
                    LabException.Code.FAILED, "interrupted", "`kubewright lab down` clears what is half made.", e);
        }
    }

    /**
     * Whoever may not make a lab is told so before anything else is tried.
     *
     * @throws LabException with {@link LabException.Code#REFUSED} when this is not root
     */
    public static void requireRoot() {
        Machine.requireRoot();
    }

    /**
     * Takes the lab away with all that belongs to it, whole or half made.
     *
     * @return whether there was anything to take away
     */
    public boolean down(LabProgress progress) {
        Machine.requireRoot();
        try (LabLock lock = LabLock.take()) {
            boolean something = directory.exists()
                    || !Switch.namespaces().isEmpty()
                    || !Switch.links().isEmpty()
                    || !Cgroups.ofThisMachine().sweep().isEmpty();
            if (something) {
                progress.phase("down", () -> lower(line -> progress.line("down", line)));
            }
            return something;
        }
    }

    private void lower(java.util.function.Consumer<String> progress) {
        Optional<LabState> state = directory.read();
        state.ifPresent(each -> directory.write(each.with(LabState.Phase.LOWERING)));
        List<Path> cgroups = new ArrayList<>(Cgroups.ofThisMachine().sweep());
        state.ifPresent(each -> each.cgroups().stream().map(Path::of).forEach(cgroups::add));
        // Without their cgroups, programs that a killed run has just started end by themselves before they make
        // anything.
        Cgroups.kill(cgroups);
        Cgroups.remove(cgroups);
        Leftovers.awaitShortLived(directory);
        Switch.removeAll();
        Leftovers.removeNspawns();
        directory
                .read(directory.sharedSettings(), SharedSettings.class)
                .filter(settings -> state.filter(each -> each.bootId().equals(Machine.bootId()))
                        .isPresent())
                .ifPresent(settings -> settings.putBack().forEach(progress));
        state.ifPresent(each -> new RootFilesystem(Path.of(each.cache()), each.backend()).removePartial());
        new RootFilesystem(cache, Backend.NSPAWN).removePartial();
        Trees.remove(directory.root());
    }

    /** What stands; a lab that this user may not see counts as none. */
    public LabStatus status() {
        Optional<LabState> found = Files.isReadable(directory.root()) ? directory.read() : Optional.empty();
        if (found.isEmpty()) {
            return LabStatus.none();
        }
        LabState state = found.get();
        Cgroups cgroups = Cgroups.ofThisMachine();
        List<LabStatus.HostStatus> hosts = state.members().stream()
                .map(member -> {
                    RunningHost host = hostOf(state, member, cgroups);
                    return new LabStatus.HostStatus(
                            member.name(), member.address(), host.isRunning() ? "on" : "off", host.greets());
                })
                .toList();
        return new LabStatus(
                LabStatus.SCHEMA,
                state.phase() == LabState.Phase.STANDING && state.bootId().equals(Machine.bootId()),
                state.phase().name().toLowerCase(Locale.ROOT),
                state.id(),
                state.backend().word(),
                state.network().cidr(),
                hosts,
                overlay().map(LabOverlay::deviations).orElse(List.of()));
    }

    private RunningHost hostOf(LabState state, LabState.Member member, Cgroups cgroups) {
        return RunningHost.of(directory, state, cgroups, member);
    }

    private RunningHost host(LabState state, String name) {
        required().host(name);
        return hostOf(state, state.member(name).orElseThrow(), Cgroups.ofThisMachine());
    }

    private LabState standingState() {
        required();
        return directory.read().orElseThrow();
    }

    private LabOverlay required() {
        return overlay()
                .orElseThrow(() -> LabException.refused(
                        Files.exists(directory.root()) && !Files.isReadable(directory.root())
                                ? "only root may use the lab of this machine"
                                : "no lab stands on this machine",
                        "kubewright lab up brings one up; it and all of lab needs root."));
    }

    /** Orderly, like a real host's reboot; returns when one can log in again. */
    public void reboot(String name) {
        Machine.requireRoot();
        host(standingState(), name).reboot();
    }

    /** Power loss: no packet leaves and no process ends in order. */
    public void cut(String name) {
        Machine.requireRoot();
        LabState state = standingState();
        try (LabLock lock = LabLock.take()) {
            host(state, name).cut();
        }
    }

    /**
     * Powers a host on and waits until one can log in.
     *
     * @return false when it was on already
     */
    public boolean start(String name) {
        Machine.requireRoot();
        LabState state = standingState();
        try (LabLock lock = LabLock.take()) {
            RunningHost host = host(state, name);
            if (host.isRunning()) {
                return false;
            }
            host.cut();
            host.powerOn(rootFilesystem(state).directory(), Kernel.ofThisMachine());
            host.awaitLogin();
            return true;
        }
    }

    /** Runs a command as root on a host, with this program's streams; gives its exit status, or 255 from ssh itself. */
    public int ssh(String name, List<String> command) {
        Machine.requireRoot();
        LabHost host = required().host(name);
        return Passthrough.run(LabSsh.words(directory, host, "root", command), Map.of());
    }

    /** Runs the cluster's own kubectl here, through the lab's network, with this program's streams; gives its exit status. */
    public int kubectl(List<String> arguments) {
        Machine.requireRoot();
        return new LabKubectl(directory, required()).run(arguments);
    }
}
