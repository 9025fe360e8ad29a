"""Starts processes that run code of an implementation, each below a supervisor that ends all its descendants.

See `conformance.engine.child.supervisor` for what that does. On systems other than Linux the script runs without one.
"""

from __future__ import annotations

import contextlib
import secrets
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Self

from conformance.engine.processes import MARK_VARIABLE, forget, kill_group, kill_marked, remember
from conformance.engine.sandbox import DEPTH, VARIABLES, options, sandbox
from conformance.engine.scratch import Scratch

SUPERVISOR = Path(__file__).parent / "child" / "supervisor.py"
HAS_SUPERVISOR = sys.platform == "linux"
END_SECONDS = 30.0
"""How long a supervisor may take to end its process and the descendants of it."""


class Supervised:
    """A process that runs code of an implementation. At its end, the context manager removes everything it left."""

    def __init__(  # noqa: PLR0913 - one parameter per thing that a process has
        self,
        python: Path,
        script: Path,
        arguments: Sequence[str],
        *,
        environment: Mapping[str, str],
        memory_mib: int,
        pass_fds: Sequence[int] = (),
        stdin: int = subprocess.DEVNULL,
        log: IO[bytes] | int = subprocess.DEVNULL,
        visible: Sequence[Path] | None = None,
        writable: Sequence[Path] = (),
    ) -> None:
        """Start it, with a temporary folder of its own.

        Parameters:
            python: The interpreter.
            script: What it runs.
            arguments: What the script is given.
            environment: Its environment variables, except those that name its temporary folder.
            memory_mib: How much it may allocate.
            pass_fds: File descriptors that it inherits.
            stdin: Its standard input, as `subprocess.Popen` takes it.
            log: Where its output goes.
            visible: What it needs to read in a sandbox. None: it runs without one.
            writable: Folders that it can write to in a sandbox.

        Raises:
            SandboxError: There is no sandbox on this machine.
        """
        outer = [] if visible is None else [*sandbox()]
        self._mark = secrets.token_hex(8)
        self._how_it_ended = b""
        self._depth = 1 if visible is None else 1 + DEPTH
        # A user who runs us with -O wants no asserts in the process either.
        flags = ["-P", *(["-O"] if sys.flags.optimize else [])]
        self._life, life = socket.socketpair()
        with life, contextlib.ExitStack() as undo:
            undo.callback(self._life.close)
            self._scratch = Scratch()
            undo.callback(self._scratch.remove)
            shared = self._scratch.shared.fileno()
            if visible is not None:
                outer += options(self._scratch.folder, [*visible, python, SUPERVISOR.parent, Path.cwd()], writable)
            variables = self._scratch.variables if visible is None else VARIABLES
            supervisor = [SUPERVISOR, life.fileno(), shared, self._scratch.folder, memory_mib]
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and script
                [*outer, str(python), *flags, *map(str, supervisor), str(script), *arguments],
                stdin=stdin,
                stdout=log,
                stderr=log,
                pass_fds=(*pass_fds, life.fileno(), shared),
                start_new_session=True,
                env={**environment, **variables, MARK_VARIABLE: self._mark},
            )
            undo.pop_all()
        remember(self.process, self._cut)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    @property
    def pid(self) -> int | None:
        """The process that runs the script; None if it has not been started yet, or cannot be seen."""
        found: int | None = self.process.pid
        for _ in range(self._depth if HAS_SUPERVISOR else 0):
            found = None if found is None else next(children_of(found), None)
        return found

    def ask_for_stacks(self) -> None:
        """Let it write the stacks of its threads, if it has a handler of the signal SIGUSR1."""
        with contextlib.suppress(OSError):
            if HAS_SUPERVISOR:
                self._life.send(b"s")
            else:
                self.process.send_signal(signal.SIGUSR1)

    def how_it_ended(self, seconds: float) -> str:
        """Return `exit CODE` or `signal NUMBER`, empty if it is still running after some seconds."""
        if not HAS_SUPERVISOR:
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = self.process.wait(seconds)
                return f"signal {-code}" if code < 0 else f"exit {code}"
            return ""
        if not self._how_it_ended and select.select([self._life], [], [], seconds)[0]:
            with contextlib.suppress(OSError):
                # A supervisor that was killed reports nothing.
                self._how_it_ended = self._life.recv(64) or b"signal 9"
        return self._how_it_ended.decode()

    def is_overfull(self, share: float = 1.0) -> bool:
        """Return whether its temporary folder has more in it than a share of the limit."""
        return self._scratch.is_overfull(share)

    def _cut(self) -> None:
        """Have the supervisor end it, without waiting for that. May be called from any thread."""
        if HAS_SUPERVISOR:
            with contextlib.suppress(OSError):
                self._life.shutdown(socket.SHUT_RDWR)
        else:
            kill_group(self.process)

    def end(self) -> None:
        """End it and everything that it has started, and remove what it left. May be called twice."""
        self._cut()
        self._life.close()
        try:
            self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            # The supervisor was stopped from outside.
            kill_group(self.process)
            self.process.wait()
        forget(self.process)
        # In case the supervisor itself was killed.
        kill_marked(self._mark)
        self._scratch.remove()


def children_of(pid: int) -> Iterator[int]:
    """Yield the children of a process. Source: proc(5), /proc/PID/stat, the fourth field."""
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            stat = (folder / "stat").read_text(encoding="utf-8", errors="replace")
            # The name of the program, in parentheses, may have anything in it.
            if stat.rpartition(")")[2].split()[1] == str(pid):
                yield int(folder.name)
