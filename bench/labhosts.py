"""What the benches on hosts of a lab share."""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
LAUNCHER = str(ROOT / "kubewright")
OVERLAY = pathlib.Path("/var/lib/kubewright-lab/overlay.json")
CACHE = pathlib.Path(os.environ.get("KUBEWRIGHT_CACHE", pathlib.Path.home() / ".cache/kubewright"))


def load():
    return float(pathlib.Path("/proc/loadavg").read_text().split()[0])


def say(text):
    print(f"{time.strftime('%H:%M:%S')} load {load()}: {text}", file=sys.stderr, flush=True)


def timed(words, log, environment=None, timeout=None, well=(0,)):
    """Wall and CPU seconds of the whole process with its children, its peak memory in MiB, and the load after it.

    An exit code that is not among the good ones ends the bench.
    """
    with open(log, "w") as output:
        begin = time.monotonic()
        process = subprocess.Popen(
            words,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        with concurrent.futures.ThreadPoolExecutor(1) as thread:
            waiting = thread.submit(os.wait4, process.pid, 0)
            try:
                _, status, usage = waiting.result(timeout)
            except concurrent.futures.TimeoutError:
                os.killpg(process.pid, 9)
                _, status, usage = waiting.result()
        wall = time.monotonic() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in well:
        raise SystemExit(f"{words[0]} ended with {process.returncode}:\n{pathlib.Path(log).read_text()[-3000:]}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, load()


def spread(values, digits=2):
    """Median, least and most, for a table."""
    values = list(values)
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})"


class KeptMemory:
    """Free memory as page cache, read from holes of a file.

    Some hypervisors take back what their guest has free, and a page touched anew then costs ten times as much: a bench would time
    that. What is page cache is not taken back, and is given up at once to whom needs it.
    """

    LEFT_FREE = 2 << 30

    def __init__(self):
        self.file = tempfile.TemporaryFile(buffering=0)
        self.file.truncate(8 << 40)

    @staticmethod
    def free():
        return int(re.search(r"MemFree: +(\d+)", pathlib.Path("/proc/meminfo").read_text())[1]) << 10

    def fill(self):
        """As much as is free now: the kernel itself may keep more free than what is to be left."""
        for _ in range(max(0, self.free() - self.LEFT_FREE) >> 20):
            self.file.read(1 << 20)


class LabHosts:
    """The hosts of a file in the standing lab."""

    def __init__(self, file, work):
        self.file = file
        self.work = work
        self.memory = KeptMemory()

    def kubewright(self, *words, check=True):
        done = subprocess.run(
            [LAUNCHER, *words, "-f", str(self.file)], check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
        if check and done.returncode:
            raise SystemExit(f"kubewright {' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done

    def read_lab(self, wanted=None):
        overlay = json.loads(OVERLAY.read_text().replace("file://", ""))
        self.hosts = {
            host["name"]: host["address"] for host in overlay["hosts"] if wanted is None or host["name"] in wanted
        }
        self.ssh = ["ssh", "-F", "/dev/null", "-o", "BatchMode=yes", "-o", "UserKnownHostsFile=" + overlay["knownHosts"]]
        self.ssh += ["-i", overlay["identityFile"], "-l", overlay["user"]]
        self.overlay = overlay

    def on(self, host, script, text=True):
        """What a root's shell prints there."""
        done = subprocess.run(
            [*self.ssh, self.hosts[host], "sudo sh -s"],
            input=script if text else script.encode(),
            capture_output=True,
            text=text,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{host}: {done.stderr}")
        return done.stdout

    def on_all(self, script):
        with concurrent.futures.ThreadPoolExecutor(len(self.hosts)) as threads:
            list(threads.map(lambda host: self.on(host, script), self.hosts))

    def read_bundle(self):
        """The bundle of a plan, which only a saved one names."""
        plan = self.work / "plan.json"
        self.kubewright("plan", "-o", str(plan), check=False)
        digest = json.loads(plan.read_text())["bundle"]
        for lock in sorted((CACHE / "bundles").glob("*/lock.json")):
            if hashlib.sha256(lock.read_bytes()).hexdigest() in digest:
                self.bundle = lock.parent
                self.lock = json.loads(lock.read_text())
                return
        raise SystemExit("the plan's bundle is not in the cache")

    def write_probes(self, *only):
        """The script that plan sends, of each host; with a path, that of plan --only PATH."""
        path = ":".join(
            [str(ROOT / "target/test-classes"), str(ROOT / "target/kubewright-classes.jar")]
            + [(ROOT / "target/kubewright.classpath").read_text().strip()]
        )
        java = os.path.join(os.environ["JAVA_HOME"], "bin/java")
        scripts = self.work / f"probes-{len(self.hosts)}"
        scripts.mkdir(exist_ok=True)
        subprocess.run(
            [java, "-cp", path, "io.kubewright.bench.ProbeScripts", str(self.file), str(scripts), *only],
            check=True,
            capture_output=True,
        )
        self.probes = {host: scripts / f"{host}.sh" for host in self.hosts}

    def all_probes_at_once(self):
        """A command line: one ssh for each host, all at once, that runs the script of a plan."""
        ssh = " ".join(self.ssh)
        return "".join(
            f"{ssh} {address} 'sudo sh -s' <{self.probes[name]} >/dev/null &\n" for name, address in self.hosts.items()
        ) + "wait"
