"""Runs all long work: submits units to an executor, which returns the result of each.

A unit is a frozen dataclass that can be pickled, with a key that names it. A function at the top of a module runs one
unit and returns its result, which depends on nothing but the unit. The user chooses where units run:

| `--executor` | runs units in |
|-|-|
| `local` | processes on this machine |
| `dask` | a cluster of `distributed` on this machine, as large as `--jobs` |
| `dask://HOST:8786` | the cluster of that scheduler |

Everything here uses the interface of `concurrent.futures.Executor`, and nothing else. `distributed` chooses the worker
of a unit, and tries again when a worker is lost. A pool of processes on this machine cannot try again, so a unit whose
process died is given to a new pool here.
"""

from __future__ import annotations

import contextlib
import heapq
import logging
import os
import signal
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from docgen.errors import ExecutorError, SettingError

LOCAL = "local"
CLUSTER = "dask"
"""A cluster of `distributed` on this machine; followed by `://HOST:PORT`, the cluster of that scheduler."""
TRIES = 3
"""How many worker processes a unit may kill, alone in its pool, before it is given up."""
LOST = f"it ended its worker process {TRIES} times"
AHEAD = 2
"""How many units are submitted per worker of a cluster, so that no worker waits for its next unit."""
CONNECT_SECONDS = 10
CUT_SECONDS = 0.2
"""How long to wait between two attempts to end the processes of interrupted units."""


class Unit(Protocol):
    """A piece of work that does not depend on any other piece."""

    @property
    def key(self) -> str:
        """Identifies the unit within its job, in this run and in later ones."""


AnyUnit = TypeVar("AnyUnit", bound=Unit)
Result = TypeVar("Result")
Item = TypeVar("Item")


@dataclass(frozen=True, kw_only=True)
class Done(Generic[AnyUnit, Result]):
    """A unit that ran, or that was given up."""

    unit: AnyUnit
    result: Result | None
    lost: str = ""
    """Why there is no result: the unit killed its worker process too often. Empty if there is a result."""


@dataclass(kw_only=True)
class Pool:
    """An executor, with the properties that differ between kinds of executors."""

    make: Callable[[], Executor]
    """Returns a new executor, after the last one broke."""
    workers: Callable[[], int]
    """Returns how many units run at a time, which changes on a cluster."""
    lost: tuple[type[BaseException], ...] = ()
    """The exception of a future whose unit killed too many workers, after the executor's own retries."""
    ahead: int = 1
    """How many units are submitted per worker, including the running one."""
    place: str = ""
    """Where the units run, for messages: the address of a scheduler; empty for this machine."""
    executor: Executor = field(init=False)
    futures: set[Future[Any]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.executor = self.make()

    @property
    def most(self) -> int:
        """How many units are submitted at a time."""
        return self.ahead * max(1, self.workers())

    def submit(self, run: Callable[[AnyUnit], Result], unit: AnyUnit) -> Future[Result]:
        """Submit a unit."""
        future = self.executor.submit(run, unit)
        self.futures.add(future)
        future.add_done_callback(self.futures.discard)
        return future

    def renew(self) -> None:
        """Replace an executor that broke."""
        self.executor.shutdown(wait=False)
        self.executor = self.make()


def run_units(
    take: Callable[[], AnyUnit | None], run: Callable[[AnyUnit], Result], pool: Pool
) -> Iterator[Done[AnyUnit, Result]]:
    """Run units, and yield each when it is done, in the order in which they end.

    Only the running units are in memory, however many there are.

    Parameters:
        take: Returns the next unit; None if there is none, or none until a running one is done.
        run: Runs one. Its exceptions are raised here.
        pool: The executor.

    Raises:
        ExecutorError: The executor can no longer be reached, and its units are lost.
    """
    running: dict[Future[Result], AnyUnit] = {}
    suspects: deque[AnyUnit] = deque()
    ended: Counter[str] = Counter()
    while True:
        # After a pool broke, the units that were in it run one at a time: only the one that breaks it is blamed.
        most = 1 if suspects else pool.most
        while len(running) < most and (unit := suspects.popleft() if suspects else take()) is not None:
            running[pool.submit(run, unit)] = unit
        if not running:
            return
        finished = wait(running, return_when=FIRST_COMPLETED).done
        if any(not each.cancelled() and isinstance(each.exception(), BrokenExecutor) for each in finished):
            # All units of a broken pool are lost.
            finished = wait(running).done
            pool.renew()
        alone = len(running) == 1
        for future in finished:
            unit = running.pop(future)
            try:
                yield Done(unit=unit, result=future.result())
            except BrokenExecutor:
                ended[unit.key] += alone
                if ended[unit.key] < TRIES:
                    suspects.append(unit)
                else:
                    yield Done(unit=unit, result=None, lost=LOST)
            except pool.lost:
                yield Done(unit=unit, result=None, lost=LOST)
            except CancelledError as error:
                raise lost_scheduler(pool.place) from error


@contextlib.contextmanager
def opened(name: str, jobs: int, *, end_processes: Callable[[], None] | None = None) -> Iterator[Pool]:
    """Provide an executor by name, and end it and its units at the end of the block.

    Parameters:
        name: The name for `--executor`.
        jobs: How many units run at a time on this machine; a cluster elsewhere has its own size.
        end_processes: Ends the processes that units have started, for units that do their work in such processes; on
            this machine these units run in threads, which only wait. None if units do their work themselves, in
            processes of a pool.

    Raises:
        SettingError: There is no executor of that name, or what it needs is not installed.
        ExecutorError: The scheduler does not answer.
    """
    if name == CLUSTER or name.startswith(f"{CLUSTER}://"):
        with _cluster(name.removeprefix(CLUSTER), jobs) as pool:
            yield pool
    elif name == LOCAL:
        kind = ProcessPoolExecutor if end_processes is None else ThreadPoolExecutor
        pool = Pool(make=lambda: kind(max_workers=jobs), workers=lambda: jobs)
        try:
            yield pool
        finally:
            with undisturbed():
                pool.executor.shutdown(wait=False, cancel_futures=True)
                while wait(set(pool.futures), timeout=CUT_SECONDS).not_done:
                    (end_processes or _end_workers(pool.executor))()
                pool.executor.shutdown(wait=True)
    else:
        raise SettingError(f"--executor {name}: there is no such executor. Give {LOCAL}, dask or dask://HOST:8786.")


def _end_workers(executor: Executor) -> Callable[[], None]:
    """Return a function that ends the processes of a pool, whose results are no longer wanted."""
    processes = list((getattr(executor, "_processes", None) or {}).values())

    def end() -> None:
        for each in processes:
            each.kill()

    return end


@contextlib.contextmanager
def _cluster(address: str, jobs: int) -> Iterator[Pool]:
    """Provide the executor of a cluster on this machine, or of the scheduler at an address, `://HOST:PORT`."""
    # Imported only here, because it takes half a second and few runs need it.
    try:
        import dask  # noqa: PLC0415 - see above
        from distributed import Client, KilledWorker, LocalCluster  # noqa: PLC0415
        from distributed.comm.core import CommClosedError  # noqa: PLC0415
    except ImportError as error:
        raise SettingError(
            f"--executor {CLUSTER}{address}: this needs the package distributed. Install assay[distributed]."
        ) from error
    place = f"tcp{address}" if address else ""
    with contextlib.ExitStack() as open_:
        open_.enter_context(_reporting_loss(place, CommClosedError))
        # It logs a lost connection with a traceback; docgen reports it in a line. Some of its loggers have own levels.
        for logger in ("distributed", "distributed.client", "distributed.core"):
            logging.getLogger(logger).setLevel(logging.CRITICAL)
        # A unit is given up at the failure after the allowed ones.
        open_.enter_context(dask.config.set({"distributed.scheduler.allowed-failures": TRIES - 1}))
        try:
            cluster = (
                None
                if place
                else open_.enter_context(
                    # Any free port; None would mean the default port, which another cluster here may use.
                    LocalCluster(  # type: ignore[no-untyped-call]  # distributed is typed in part
                        n_workers=jobs,
                        threads_per_worker=1,
                        dashboard_address="127.0.0.1:0",
                        silence_logs=logging.CRITICAL,
                    )
                )
            )
            connected = Client(cluster or place, timeout=CONNECT_SECONDS)  # type: ignore[no-untyped-call]  # the same
            client = open_.enter_context(connected)
        except (OSError, ValueError, RuntimeError) as error:
            why = "no scheduler answers there" if place else f"the cluster does not start: {error}"
            raise ExecutorError(
                f"--executor {CLUSTER}{address}: {why}. Start a scheduler with `dask scheduler`, and give the address "
                "that it prints."
            ) from error
        yield Pool(
            make=client.get_executor,
            workers=lambda: sum(client.nthreads().values()) if client.status == "running" else jobs,
            lost=(KilledWorker,),
            ahead=AHEAD,
            place=place or "the cluster on this machine",
        )


def lost_scheduler(place: str) -> ExecutorError:
    """Return the error that ends a job whose scheduler can no longer be reached.

    Parameters:
        place: Its address.
    """
    return ExecutorError(
        f"{place or 'the executor'}: the connection to the scheduler is lost. Start it again, and repeat the command."
    )


@contextlib.contextmanager
def _reporting_loss(place: str, lost: type[Exception]) -> Iterator[None]:
    """Replace the exception of a client whose connection is lost, while it is used or closed.

    Raises:
        ExecutorError: The connection was lost.
    """
    try:
        yield
    except lost as error:
        raise lost_scheduler(place) from error


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Ignore interrupts inside, because an earlier one is being handled and the results have yet to be written."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {one: signal.signal(one, signal.SIG_IGN) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def default_jobs() -> int:
    """Return the default number of processes that run at a time: one per core."""
    return os.cpu_count() or 1


@dataclass(frozen=True, kw_only=True)
class Share:
    """One of several jobs, each of which does a part of the work: `3/8`."""

    number: int
    """From 1."""
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


def share_from(text: str) -> Share:
    """Return the share for `K/N`.

    Raises:
        SettingError: It is not `K/N` with K from 1 to N.
    """
    number, _, of = text.partition("/")
    if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        raise SettingError(f"--shard {text}: expected K/N with K from 1 to N, such as 3/8.")
    return Share(number=int(number), of=int(of))


def share_out(weights: Iterable[float], of: int) -> Iterator[int]:
    """Yield the number of the job, from 1, that does each piece of work: the one with the least to do so far.

    The same weights give the same jobs, on every machine.

    >>> list(share_out([1, 1, 1, 1, 1], 2)), list(share_out([5, 2, 2, 1], 2))
    ([1, 2, 1, 2, 1], [1, 2, 2, 2])
    """
    loads = [(0.0, number) for number in range(1, of + 1)]
    for weight in weights:
        load, number = loads[0]
        heapq.heapreplace(loads, (load + weight, number))
        yield number


def part_of(items: Sequence[Item], share: Share) -> list[Item]:
    """Return the items of one job, if all take equally long.

    >>> part_of("abcde", Share(number=2, of=2))
    ['b', 'd']
    """
    jobs = share_out([1.0] * len(items), share.of)
    return [item for item, job in zip(items, jobs, strict=True) if job == share.number]
