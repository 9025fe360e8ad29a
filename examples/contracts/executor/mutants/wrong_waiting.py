"""Mutants of wait() and as_completed()."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION
from typing import Any

from conformance.mutants.form import mutant
from executor import own
from executor.adapters.own import Own
from executor.own import DoneAndNotDone, Task


@mutant(Own, "wait", "WAI-01")
def wait_gives_a_plain_tuple(wait: Any) -> Any:
    """wait() returns a tuple without names."""
    return lambda fs, **options: tuple(wait(fs, **options))


@mutant(Own, "wait", "WAI-01")
def wait_gives_lists(wait: Any) -> Any:
    """wait() returns lists."""
    lists: Any = DoneAndNotDone
    return lambda fs, **options: lists(*map(list, wait(fs, **options)))


@mutant(Own, "wait", "WAI-02")
def wait_is_impatient(wait: Any) -> Any:
    """wait() returns when the first is done."""
    return lambda fs, timeout=None, return_when=FIRST_COMPLETED: wait(
        fs, timeout, FIRST_COMPLETED if return_when == ALL_COMPLETED else return_when
    )


@mutant(Own, "wait", "WAI-02")
def exceptions_are_not_done(wait: Any) -> Any:
    """wait() leaves futures that raised in not_done."""

    def broken(fs: Any, **options: Any) -> Any:
        done, not_done = wait(fs, **options)
        bad = {one for one in done if own.has_raised(one)}
        return DoneAndNotDone(done - bad, not_done | bad)

    return broken


@mutant(Own, "wait", "WAI-03")
def first_means_all(wait: Any) -> Any:
    """FIRST_COMPLETED waits for all."""
    return lambda fs, timeout=None, return_when=ALL_COMPLETED: wait(
        fs, timeout, ALL_COMPLETED if return_when == FIRST_COMPLETED else return_when
    )


@mutant(Own, "wait", "WAI-04")
def cancelled_does_not_count(wait: Any) -> Any:
    """wait() does not return for a cancelled future."""

    def broken(fs: Any, **options: Any) -> Any:
        kept = [one for one in fs if not one.cancelled()] if len([*fs]) > 1 else fs
        found = wait(kept, **options)
        while options.get("return_when") == FIRST_COMPLETED and all(one.cancelled() for one in found.done) and kept:
            kept = [one for one in kept if not one.cancelled()]
            found = wait(kept, **options)
        return found

    return broken


@mutant(Own, "wait", "WAI-05")
def exception_means_all(wait: Any) -> Any:
    """FIRST_EXCEPTION waits for all."""
    return lambda fs, timeout=None, return_when=ALL_COMPLETED: wait(
        fs, timeout, ALL_COMPLETED if return_when == FIRST_EXCEPTION else return_when
    )


@mutant(Own, "wait", "WAI-06")
def exception_means_first(wait: Any) -> Any:
    """FIRST_EXCEPTION returns for a value too."""
    return lambda fs, timeout=None, return_when=ALL_COMPLETED: wait(
        fs, timeout, FIRST_COMPLETED if return_when == FIRST_EXCEPTION else return_when
    )


@mutant(Own, "wait", "WAI-07")
def wait_raises(wait: Any) -> Any:
    """wait() raises TimeoutError when the time is over."""

    def broken(fs: Any, timeout: float | None = None, **options: Any) -> Any:
        found = wait(fs, timeout, **options)
        if timeout is not None and found.not_done:
            raise TimeoutError
        return found

    return broken


@mutant(Own, "wait", "WAI-07", "WAI-06")
def wait_calls_all_done(wait: Any) -> Any:
    """wait() returns everything in done when the time is over."""
    return lambda fs, **options: DoneAndNotDone(set(fs), set()) if wait(fs, **options) else None


@mutant(Own, "wait", "WAI-08")
def duplicates_are_refused(wait: Any) -> Any:
    """wait() of a future that is given twice raises."""

    def broken(fs: Any, **options: Any) -> Any:
        if len({*fs}) < len([*fs]):
            raise ValueError("duplicates")
        return wait(fs, **options)

    return broken


@mutant(Own, "wait", "WAI-09")
def strangers_do_not_count(wait: Any) -> Any:
    """wait() knows only futures of its own class."""

    def broken(fs: Any, **options: Any) -> Any:
        strange = {one for one in fs if not isinstance(one, Task)}
        found = wait([one for one in fs if one not in strange], **options)
        return DoneAndNotDone(found.done, found.not_done | strange)

    return broken


@mutant(Own, "wait", "WAI-10")
def no_time_finds_nothing(wait: Any) -> Any:
    """wait(timeout=0) looks at no future."""
    return lambda fs, timeout=None, **options: (
        DoneAndNotDone(set(), set(fs)) if timeout == 0 else wait(fs, timeout, **options)
    )


@mutant(Own, "wait", "WAI-11")
def nothing_is_refused(wait: Any) -> Any:
    """wait() of no futures raises."""

    def broken(fs: Any, **options: Any) -> Any:
        if not fs:
            raise ValueError("no futures")
        return wait(fs, **options)

    return broken


# ---- one after the other


def only(found: Iterator[Any], keeps: Any) -> Iterator[Any]:
    """Return an iterator over those futures that are kept."""
    return (one for one in found if keeps(one))


@mutant(Own, "as_completed", "COM-01")
def raised_is_left_out(as_completed: Any) -> Any:
    """as_completed() leaves out futures that raised."""
    return lambda fs, **options: only(as_completed(fs, **options), lambda one: not own.has_raised(one))


@mutant(Own, "as_completed", "COM-02")
def duplicates_come_twice(as_completed: Any) -> Any:
    """as_completed() yields a future as often as it is given."""

    def broken(fs: Any, **options: Any) -> Iterator[Any]:
        given = [*fs]
        return (one for one in as_completed(given, **options) for _ in range(given.count(one)))

    return broken


@mutant(Own, "as_completed", "COM-03")
def done_before_comes_last(as_completed: Any) -> Any:
    """as_completed() yields what was done before at the end."""

    def broken(fs: Any, **options: Any) -> Iterator[Any]:
        before = [one for one in fs if one.done()]
        later = as_completed([one for one in fs if one not in before], **options)
        return (one for part in (later, before) for one in part)

    return broken


@mutant(Own, "as_completed", "COM-04", "COM-03")
def all_at_the_end(as_completed: Any) -> Any:
    """as_completed() yields the first future when all are done."""

    def broken(fs: Any, **options: Any) -> Iterator[Any]:
        return (one for part in map(list, [as_completed(fs, **options)]) for one in part)

    return broken


@mutant(Own, "as_completed", "COM-04")
def in_the_given_order(as_completed: Any) -> Any:
    """as_completed() yields futures in the order in which they are given."""

    def broken(fs: Any, **options: Any) -> Iterator[Any]:
        given = [*dict.fromkeys(fs)]
        return (next(as_completed([one], **options)) for one in given)

    return broken


@mutant(Own, "as_completed", "COM-05")
def completion_has_all_time(as_completed: Any) -> Any:
    """as_completed() takes no notice of its timeout."""
    return lambda fs, timeout=None: as_completed(fs)


@mutant(Own, "as_completed", "COM-05")
def completion_ends_in_time(as_completed: Any) -> Any:
    """as_completed() ends when the time is over and raises nothing."""

    def broken(fs: Any, **options: Any) -> Iterator[Any]:
        try:
            yield from as_completed(fs, **options)
        except TimeoutError:
            return

    return broken


@mutant(Own, "as_completed", "COM-06")
def cancelled_is_left_out(as_completed: Any) -> Any:
    """as_completed() leaves out cancelled futures."""
    return lambda fs, **options: only(as_completed(fs, **options), lambda one: not one.cancelled())


@mutant(Own, "as_completed", "COM-07")
def strangers_are_left_out(as_completed: Any) -> Any:
    """as_completed() knows only futures of its own class."""
    return lambda fs, **options: as_completed([one for one in fs if isinstance(one, Task)], **options)


@mutant(Own, "as_completed", "COM-08")
def completion_is_no_iterator(as_completed: Any) -> Any:
    """as_completed() returns an iterable that is not an iterator."""

    class Futures:
        def __init__(self, found: Iterator[Any]) -> None:
            self.found = found

        def __iter__(self) -> Iterator[Any]:
            return self.found

        def __next__(self) -> Any:
            return next(self.found)

    return lambda fs, **options: Futures(as_completed(fs, **options))
