"""Supervises the process of an implementation: forks that process, and ends everything that descends from it.

Run as `python -P supervisor.py SOCKET SHARED SCRATCH MEMORY_MIB SCRIPT ARGUMENT...`, where SHARED is a file descriptor
to which the process writes the names of the shared memory that it opens. The supervisor and the parent share a socket:

- The parent writes `s`: the process writes the stacks of its threads.
- The supervisor writes how the process ended: `exit 1`, `signal 11`.
- The parent closes it, or dies: the supervisor ends the process.

On Linux the supervisor adopts every process below it that loses its parent, so that a daemon with a session and an
environment of its own is found too. On other systems there is no supervisor, and the script runs in this process.
Standard library only; it imports nothing before the fork, because the script may be about to measure what is loaded.
"""

import os
import resource
import select
import signal
import sys
import time

GRACE_SECONDS = 1.0
"""How long a resource tracker may take to remove the shared memory that its process left behind."""
ROUNDS = 400
"""The most rounds in which processes are ended; one that forks faster than this survives."""
ROUND_SECONDS = 0.005
CHILD_SUBREAPER = 36
"""Source: Linux, prctl(2), PR_SET_CHILD_SUBREAPER."""


def main() -> None:
    """Fork the process if this system allows supervising it, and run the script in it."""
    life, shared, scratch, memory_mib = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    sys.argv = sys.argv[5:]
    if sys.platform == "linux":
        waits, ready = os.pipe()
        pid = os.fork()
        if pid:
            supervise(pid, ready, life, scratch)
        for descriptor in (life, ready):
            os.close(descriptor)
        os.read(waits, 1)
        os.close(waits)
        os.setsid()
    limit_resources(memory_mib)
    record_shared(shared)
    script = sys.argv[0]
    with open(script, encoding="utf-8") as file:  # noqa: PTH123 - pathlib is not imported here
        code = compile(file.read(), script, "exec")
    exec(code, {"__name__": "__main__", "__file__": script, "__builtins__": __builtins__})  # noqa: S102 - our own script


def supervise(pid: int, ready: int, life: int, scratch: str) -> None:
    """Let the process begin. When it or the parent has ended, end its descendants and this process.

    Parameters:
        pid: The process.
        ready: Write end of the pipe that the process waits for.
        life: The socket to the parent.
        scratch: The temporary folder of the process, which is removed.
    """
    try:
        adopt_orphans()
        ignore_signals()
        os.write(ready, b"+")
        wait(pid, life)
        end_descendants()
        if scratch:
            import shutil  # noqa: PLC0415 - it takes time, which the process does not have to wait for

            shutil.rmtree(scratch, ignore_errors=True)
    finally:
        os._exit(0)


def adopt_orphans() -> None:
    """Become the parent of every process below this one that loses its own."""
    import ctypes  # noqa: PLC0415 - it takes time, which the process does not have to wait for

    ctypes.CDLL(None).prctl(CHILD_SUBREAPER, 1, 0, 0, 0)


def ignore_signals() -> None:
    """Ignore the signals that would end this process, before anything is run that may send them."""
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1):
        signal.signal(one, signal.SIG_IGN)


def wait(pid: int, life: int) -> None:
    """Return when the process has ended, and report how to the parent; or when the parent closes the socket."""
    os.closerange(3, life)
    os.closerange(life + 1, os.sysconf("SC_OPEN_MAX"))
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    poll = select.poll()
    poll.register(woken, select.POLLIN)
    poll.register(life, select.POLLIN)
    while (status := ended(pid)) is None:
        for ready, _ in poll.poll():
            data = os.read(ready, 1)
            if ready == life and not data:
                return
            if data == b"s":
                os.kill(pid, signal.SIGUSR1)
    how = f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"exit {os.WEXITSTATUS(status)}"
    try:
        os.write(life, how.encode())
    except OSError:
        return  # the parent has closed the socket at the same moment, or is dead


def ended(pid: int) -> "int | None":
    """Return the status of a process that has ended, None if it has not. Orphans that have ended are reaped."""
    while True:
        try:
            found, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return 0
        if found == pid:
            return status
        if not found:
            return None


def end_descendants() -> None:
    """End every process below this one, round by round: a process that loses its parent becomes a child of this one.

    A resource tracker of multiprocessing gets a moment to remove the shared memory that was left.
    """
    until = time.monotonic() + GRACE_SECONDS
    for _ in range(ROUNDS):
        ended(-1)
        try:
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        is_late = time.monotonic() > until
        for child in children():
            if is_late or not is_tracker(child):
                kill(child)
        time.sleep(ROUND_SECONDS)


def kill(pid: int) -> None:
    """End a process, unless it has the rights of another user, such as that of a setuid program."""
    try:
        os.kill(pid, signal.SIGKILL)
    except PermissionError:
        return


def children() -> "list[int]":
    """Return the children of this process. Source: proc(5), /proc/PID/stat, the fourth field."""
    mine, found = str(os.getpid()), []
    for name in filter(str.isdecimal, os.listdir("/proc")):  # noqa: PTH208 - pathlib is not imported here
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:  # noqa: PTH123 - the same
                # The name of the program, in parentheses, may have anything in it.
                state, parent = file.read().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if parent == mine and state != "Z":
            found.append(int(name))
    return found


def is_tracker(pid: int) -> bool:
    """Return whether a process is a resource tracker of multiprocessing."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:  # noqa: PTH123 - pathlib is not imported here
            return b"multiprocessing.resource_tracker" in file.read()
    except OSError:
        return False


def limit_resources(memory_mib: int) -> None:
    """Limit memory and file size, so that a greedy implementation fails alone and does not take the machine down."""
    megabyte = 1024 * 1024
    for what, size in ((resource.RLIMIT_DATA, memory_mib), (resource.RLIMIT_FSIZE, 256), (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(what)[1]
        limit = size * megabyte if hard == resource.RLIM_INFINITY else min(size * megabyte, hard)
        resource.setrlimit(what, (limit, hard))


SHARED_MEMORY = "/dev/shm/"  # noqa: S108 - where Linux shows shared memory


def record_shared(descriptor: int) -> None:
    """Write the name of each file of shared memory that is opened or mapped from now on, one line each.

    Parameters:
        descriptor: The file to write to. Processes that are forked from this one write to it too.
    """
    write, linked, written = os.write, os.readlink, set()

    def hook(event: str, arguments: "tuple[object, ...]") -> None:
        # Compared first, because most events are of other kinds.
        if event in ("open", "mmap.__new__"):
            try:
                path = str(arguments[0]) if event == "open" else linked(f"/proc/self/fd/{arguments[0]}")
                if path.startswith(SHARED_MEMORY) and path not in written:
                    written.add(path)
                    write(descriptor, f"{path.removeprefix(SHARED_MEMORY)}\n".encode())
            except Exception:  # noqa: BLE001, S110 - the implementation must not notice this hook
                pass

    sys.addaudithook(hook)


if __name__ == "__main__":
    main()
