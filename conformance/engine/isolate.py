"""Runs each implementation in a child process: one request per rule, a time limit, and a new process after a crash.

Whatever an implementation does to its process stays there. A hang, an exit, a crash, too much memory or garbage on the
channel costs one rule, which deviates; the next rule gets a new process.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import selectors
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Self

import msgspec

from conformance.engine.deadline import Deadline
from conformance.engine.launch import Launch, child_environment, folders_of, mapped_packages, packages_for
from conformance.engine.stacks import Place, whose
from conformance.engine.supervised import Supervised
from conformance.engine.trust import digested, foreign_code
from conformance.engine.verdicts import Verdict
from conformance.errors import ConformanceError, TargetError

BOOTSTRAP = Path(__file__).parent / "child" / "bootstrap.py"

START_SECONDS = 120.0
"""How long the start of a child may take, with the import of a large implementation on a busy machine."""
DUMP_SECONDS = 2.0
"""How long a child that hangs gets to write its stack."""
GRACE = 0.7
"""The share of the limit after which a child starts no further example."""
LINE_BYTES = 1 << 20
"""The most bytes in an answer, which is one line; a longer one is garbage."""
LOG_TAIL = 2000
"""How many bytes at the end of a dead child's log are read."""
CANARY_SECONDS = 10.0
"""How long finding a planted fault may take. An idle machine needs milliseconds."""
ENDED_SECONDS = 5.0
"""How long to wait for the end of a child that has closed its side of the channel."""
STACK_BYTES = 1 << 18
"""How many bytes at the end of the file of stacks are read."""
LOOK_SECONDS = 0.5
"""How often the temporary folder of a child is checked while the parent waits for an answer."""
LAST_LINE_CHARACTERS = 300
"""How many characters of the last line that a process wrote are shown."""
GARBAGE = "wrote garbage to a file descriptor that is not its own"


class ChildError(ConformanceError):
    """A child could not answer. The message says what it did instead."""

    def __init__(self, message: str, place: Place = Place.UNKNOWN) -> None:
        super().__init__(message)
        self.place = place
        """Whose code it was running, as far as its stack shows."""


class HangError(ChildError):
    """A child did not answer in time."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A child's answer on one rule."""

    rule: str
    verdict: Verdict
    message: str
    examples: int
    is_cut: bool
    """Whether the time ran out before all examples were run."""
    changed: str
    """The members of the suite that the implementation has replaced; empty if none was found."""
    is_worn: bool
    """Whether the implementation has left behind so much that the child has to be replaced."""
    reproducers: tuple[str, ...]
    """Scripts that may show a deviation, none of which has been run yet; or the control script of a rule that holds."""
    cause: str = ""
    """As in `Result`."""


class Child:
    """A process with one implementation. Use it as a context manager, which ends the process in any case."""

    def __init__(self, launch: Launch) -> None:
        self._launch = launch
        self._token = secrets.token_hex(8)
        self._files = contextlib.ExitStack()
        self._running = contextlib.ExitStack()
        """Ends the process, and closes the pipes to it."""
        self._buffer = b""
        self._pid: int | None = None
        self._doubt: str | None = None
        self._turn = 0
        self._digested = digested(launch.contract, examples=launch.examples, seed=launch.seed)
        try:
            self._log: IO[bytes] = self._files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - `close` closes it
            # The parent truncates the log now and then: the child has to append, not to continue at its old offset.
            fcntl.fcntl(self._log, fcntl.F_SETFL, fcntl.fcntl(self._log, fcntl.F_GETFL) | os.O_APPEND)
            self._stacks: IO[bytes] = self._files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the same
            self._start(is_probed=True)
            self.hello = self._receive_hello()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _receive_hello(self) -> Mapping[str, Any]:
        """Return what the child reports once the implementation is loaded and its capabilities have been probed.

        Raises:
            TargetError: The implementation cannot be loaded.
            ChildError: The child died or hung.
        """
        self._receive_at_start()
        try:
            return self._receive_at_start()
        except ChildError:
            # A probe may have killed the process. Start without probes: each rule can still fail on its own.
            self._running.close()
            self._buffer, self._pid = b"", None
            self._start(is_probed=False)
            self._receive_at_start()
            return self._receive_at_start()

    def _receive_at_start(self) -> Mapping[str, Any]:
        """Return the next message while the child starts.

        Raises:
            TargetError: The child reports that the implementation cannot be loaded.
            ChildError: The child died or hung.
        """
        message = self._receive(START_SECONDS)
        if "error" in message:
            raise TargetError(str(message["error"]))
        return message

    def ask(self, rule_id: str, limit_seconds: float, *, salt: int = 0, is_controlled: bool = False) -> Answer:
        """Return the child's answer on one rule.

        Parameters:
            rule_id: Id of the rule.
            limit_seconds: How long it may take.
            salt: A number that is part of the message of a planted fault.
            is_controlled: Whether a rule that holds needs a control script.

        Raises:
            ChildError: It died, hung or wrote garbage, and can no longer be used.
        """
        self._token = secrets.token_hex(8)
        request = {
            "rule": rule_id,
            "seconds": limit_seconds * GRACE,
            "token": self._token,
            "salt": salt,
            "is_controlled": is_controlled,
        }
        self._log.truncate(0)
        self._pid = self._pid or self._process.pid
        try:
            os.write(self._requests, (json.dumps(request) + "\n").encode())
        except OSError as error:
            raise self._ended() from error
        try:
            answer = msgspec.convert(self._receive(limit_seconds), Answer)
        except msgspec.ValidationError as error:
            raise ChildError(GARBAGE) from error
        if answer.rule != rule_id:
            raise ChildError(GARBAGE)
        return answer

    @property
    def is_cluttered(self) -> bool:
        """Whether the temporary folder of the child is more than half full: the next rule gets a new child."""
        return self._process.is_overfull(0.5)

    def doubt(self) -> str:
        """Return why this child cannot be trusted, from what can be checked once; empty if it can.

        Raises:
            ChildError: It died, hung or wrote garbage, and can no longer be used.
        """
        if self._doubt is None:
            self._doubt = next(filter(None, self._doubts()), "")
        return self._doubt

    def _doubts(self) -> Iterator[str]:
        """Yield the result of each check: why the child cannot be trusted, or an empty string."""
        if changed := self.hello["changed"]:
            yield f"when it was loaded, the implementation replaced {changed}"
        launch = self._launch
        foreign = foreign_code(
            self.hello["digests"], launch.contract, self._digested, launch.python, is_separate=launch.is_separate
        )
        if foreign:
            yield f"the code of {foreign} is not the code in the file"
        yield from map(self.unfound, self.hello["canaries"])

    def unfound(self, canary: str | None = None) -> str:
        """Return which planted fault the suite does not find in this child, as a message; empty if it finds it.

        Parameters:
            canary: The planted fault; by default the next one.

        Raises:
            ChildError: It died, hung or wrote garbage, and can no longer be used.
        """
        canaries = self.hello["canaries"]
        self._turn = (self._turn + 1) % len(canaries)
        salt = secrets.randbelow(1 << 40)
        answer = self.ask(canary or canaries[self._turn], CANARY_SECONDS, salt=salt)
        is_found = answer.verdict is Verdict.DEVIATES and str(salt) in answer.message
        return "" if is_found else f"the suite does not find a planted fault ({answer.rule}) in its process"

    def close(self) -> None:
        """End the process and release its files and pipes."""
        self._running.close()
        self._files.close()
        self._requests = self._answers = -1

    def _start(self, *, is_probed: bool) -> None:
        """Start the process with a pipe in each direction. Its standard input is empty, its output goes to the log.

        What was opened before an error is closed by `close`.
        """
        with contextlib.ExitStack() as ends_of_the_child:
            child_reads, self._requests = os.pipe()
            ends_of_the_child.callback(os.close, child_reads)
            self._running.callback(os.close, self._requests)
            self._answers, child_writes = os.pipe()
            ends_of_the_child.callback(os.close, child_writes)
            self._running.callback(os.close, self._answers)
            config = self._config(child_writes, is_probed=is_probed)
            self._process = Supervised(
                self._launch.python,
                BOOTSTRAP,
                [str(child_reads)],
                environment=child_environment(is_separate=self._launch.is_separate),
                memory_mib=self._launch.memory_mib,
                pass_fds=(child_reads, child_writes, self._stacks.fileno()),
                log=self._log,
                visible=self._launch.visible,
                writable=self._launch.create_folders() if self._launch.is_sandboxed else (),
            )
            self._running.callback(self._process.end)
        # Not on its command line, which every process can read.
        with contextlib.suppress(OSError):
            os.write(self._requests, (json.dumps(config) + "\n").encode())

    def _config(self, child_writes: int, *, is_probed: bool) -> Mapping[str, object]:
        """Return what the child needs to know, for its first line of input."""
        contract = self._launch.contract
        return {
            "packages": {**mapped_packages(contract), **folders_of(packages_for(self._launch.database))},
            "contract": contract.package,
            "suite": contract.suite,
            "model": None if contract.model is None else contract.model.adapter,
            "paths": [] if self._launch.is_separate else [str(Path.cwd())],
            "adapter": self._launch.adapter,
            "swapped_class": self._launch.swapped_class,
            "examples": self._launch.examples,
            "seed": self._launch.seed,
            "database": self._launch.database,
            "is_probed": is_probed,
            "digested": self._digested,
            "token": self._token,
            "writes": child_writes,
            "stacks": self._stacks.fileno(),
        }

    def _receive(self, limit_seconds: float) -> Mapping[str, Any]:
        """Return the next message.

        Raises:
            ChildError: The child ended, or wrote garbage.
            HangError: It did not answer in time.
        """
        deadline = Deadline(limit_seconds, pid=self._pid or self._process.process.pid)
        with selectors.DefaultSelector() as selector:
            selector.register(self._answers, selectors.EVENT_READ)
            while b"\n" not in self._buffer:
                if len(self._buffer) > LINE_BYTES:
                    raise ChildError(GARBAGE)
                if not (seconds := deadline.seconds_left()):
                    place, frames = self._stack()
                    raise HangError(f"did not end within {limit_seconds:g} s{frames}", place)
                if not selector.select(min(seconds, LOOK_SECONDS)):
                    if self._pid is None and (pid := self._process.pid) is not None:
                        # Which process runs the script is known only some time after the start.
                        self._pid = pid
                        deadline.follow(pid)
                    if self._process.is_overfull():
                        raise ChildError("wrote more than 1 GiB of temporary files", Place.IMPLEMENTATION)
                    continue
                data = os.read(self._answers, 1 << 16)
                if not data:
                    raise self._ended()
                self._buffer += data
        line, _, self._buffer = self._buffer.partition(b"\n")
        try:
            message = json.loads(line)
            if not isinstance(message, dict) or message.get("token") != self._token:
                raise ChildError(GARBAGE)
            return {key: harmless(value) for key, value in message.items()}
        except (ValueError, RecursionError) as error:
            # A RecursionError: the message is nested deeper than any of ours.
            raise ChildError(GARBAGE) from error

    def _stack(self) -> tuple[Place, str]:
        """Return whose code the process is running, and its frames as `; it was in ...`, innermost first.

        The string is empty if the process does not write its stack.
        """
        self._process.ask_for_stacks()
        # A signal handler writes the dump; its last frame is in our first file, in the main thread. The dump of a very
        # deep stack is cut off before that frame.
        until = time.monotonic() + DUMP_SECONDS
        while str(BOOTSTRAP) not in (dump := self._dumped()) and time.monotonic() < until:
            time.sleep(0.05)
        return whose(dump, self._greeting)

    @property
    def _greeting(self) -> Mapping[str, Any]:
        """What the child reported when it started; empty if it has not."""
        return self.hello if hasattr(self, "hello") else {}

    def _dumped(self) -> str:
        """Return the stacks that the process has written; only the end if they are long."""
        self._stacks.seek(0, os.SEEK_END)
        self._stacks.seek(max(self._stacks.tell() - STACK_BYTES, 0))
        return self._stacks.read().decode(errors="replace")

    def _ended(self) -> ChildError:
        """Return how the process ended, where it called `os._exit`, and the last line that it wrote."""
        kind, _, number = self._process.how_it_ended(ENDED_SECONDS).partition(" ")
        if not kind:
            return ChildError("closed a file descriptor that is not its own")
        is_exit = kind == "exit"
        how = f"ended the process with exit code {number}" if is_exit else f"was ended by {signal_name(int(number))}"
        # The newest stack is that of the exit; its first frame is our function that wrote it.
        lines = self._dumped().rpartition("Current thread")[2].splitlines() if is_exit else []
        place, where = whose("\n".join(lines[2:]), self._greeting)
        return ChildError(f"{how}{where}{self._last_line()}", place)

    def _last_line(self) -> str:
        """Return the last line that the process wrote, after a colon; empty if there is none."""
        self._log.seek(0, os.SEEK_END)
        self._log.seek(max(self._log.tell() - LOG_TAIL, 0))
        lines = self._log.read().decode(errors="replace").strip().splitlines()
        return f": {harmless(lines[-1][:LAST_LINE_CHARACTERS])}" if lines else ""


def signal_name(number: int) -> str:
    """Return the name of a signal: `SIGSEGV`."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


_CONTROL = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if chr(code) not in "\t\n"}
_NO_TEXT = {code: f"\\u{code:04x}" for code in (*range(0xD800, 0xE000), 0xFFFE, 0xFFFF)}


def harmless(value: object) -> object:
    """Return a message with control characters and lone surrogates in its strings escaped.

    The strings come from the implementation. They must not control a terminal, and a file has to be able to store them.
    """
    if isinstance(value, str):
        return value.translate(_CONTROL).translate(_NO_TEXT)
    if isinstance(value, list):
        return [harmless(each) for each in value]
    if isinstance(value, dict):
        return {str(harmless(key)): harmless(each) for key, each in value.items()}
    return value
