"""The loop of the child process: reads one request per rule and writes one answer, on private file descriptors."""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import importlib
import json
import os
import platform
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import hypothesis
from hypothesis.internal.conjecture import providers

from conformance.engine.child.binding import binding_of, plain_scripts
from conformance.engine.child.blame import file_and_line, implementation_frames, innermost_place
from conformance.engine.child.canaries import Canaries
from conformance.engine.child.examples import database_of
from conformance.engine.child.judge import Judge, Judgement, Property, is_worn, load_properties
from conformance.engine.child.probes import probed
from conformance.engine.child.seal import Seal, digests_in
from conformance.engine.child.subject import Subject
from conformance.engine.child.surroundings import Surroundings
from conformance.engine.properties import described
from conformance.errors import CatalogueError, ConformanceError

STACK_BYTES = 512 * 1024
"""Stack size of each thread: a thousand threads still fit into the memory limit."""


_getpid, _leave, _write = os.getpid, os._exit, os.write
_encoded, _decoded = json.dumps, json.loads
"""Bound here before an implementation can replace them."""


LATE = (
    "concurrent.futures.thread",
    "hypothesis.internal.conjecture.optimiser",
    "hypothesis.provisional",
    "hypothesis.strategies._internal.flatmapped",
    "hypothesis.strategies._internal.random",
    "hypothesis.strategies._internal.regex",
    "hypothesis.strategies._internal.types",
)
"""Modules that the standard library and hypothesis import on first use.

They are loaded before the implementation, which may hook into imports. A release of hypothesis may lack one of them.
"""


SEALED_PACKAGES = ("conformance", "hypothesis")
"""The packages that judge. The package of the contract is sealed too."""


class Channel:
    """Exchanges lines of JSON with the parent. Ours carry a token, so that the parent can tell them from garbage."""

    def __init__(self, reads: int, writes: int, token: str) -> None:
        self._lines = os.fdopen(reads, encoding="utf-8")
        self._writes = writes
        self._token = token
        self._pid = os.getpid()

    def send(self, message: Mapping[str, object]) -> None:
        """Send one message. A copy of this process that the implementation forked ends here instead."""
        if _getpid() != self._pid:
            _leave(0)
        data = (_encoded({**message, "token": self._token}, default=str) + "\n").encode()
        while data:
            data = data[_write(self._writes, data) :]

    def requests(self) -> Iterator[Mapping[str, Any]]:
        """Yield requests until the parent has no more."""
        for line in self._lines:
            request = _decoded(line)
            # Each answer has a token of its own: an answer that was written in advance is garbage.
            self._token = request["token"]
            yield request


def serve(config: Mapping[str, Any]) -> None:
    """Answer requests, then end without waiting for threads that the implementation left behind."""
    channel = Channel(config["reads"], config["writes"], config["token"])
    threading.stack_size(STACK_BYTES)
    faulthandler.register(signal.SIGUSR1, file=config["stacks"], all_threads=True)
    dump_stack_on_exit(config["stacks"])
    use_settings(config["examples"], config["database"])
    sealed = (*SEALED_PACKAGES, config["contract"].partition(".")[0])
    seals: list[Seal] = []
    try:
        judge, hello = prepare(
            config,
            when_ready=lambda: seals.append(Seal(sealed)),
            when_loaded=lambda: channel.send({"is_loaded": True}),
        )
    except BaseException as error:  # noqa: BLE001 - loading an implementation may raise anything; the parent reports it
        unloaded = f"the implementation or its adapter cannot be loaded: {described(error)}, at {file_and_line(error)}"
        channel.send({"error": str(error) if isinstance(error, ConformanceError) else unloaded})
        os._exit(1)
    changed = seals[0].broken(is_full=True)
    freeze_constants()
    seal, canaries = Seal(sealed), Canaries()
    judge.properties = {**judge.properties, **canaries.properties()}
    digests = digests_in({name: sys.modules[name] for name in config["digested"] if name in sys.modules})
    channel.send({**hello, "changed": changed, "digests": digests, "canaries": list(canaries.properties())})
    gc.freeze()  # the suite and its libraries stay: the garbage collector need not look at them
    for request in channel.requests():
        canaries.salt = request["salt"]
        try:
            judgement = judge.judge(request["rule"], request["seconds"], is_controlled=request["is_controlled"])
        except Exception as error:  # noqa: BLE001 - properties are guarded within: this one is ours or a hook's
            judge.surroundings.restore()
            is_blamed = bool(implementation_frames(error, judge.neutral))
            judgement = Judgement(
                verdict="deviates" if is_blamed else "breakdown",
                message=f"raised {described(error)}\nat {innermost_place(error)}",
            )
        judge.surroundings.restore()
        channel.send({"rule": request["rule"], "is_worn": is_worn(), "changed": seal.broken(), **vars(judgement)})
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def dump_stack_on_exit(stacks: int) -> None:
    """Write the stack of the process if code ends it by `os._exit`, which leaves no other trace.

    Parameters:
        stacks: The file descriptor to write the stack to.
    """
    end, pid = os._exit, os.getpid()

    def exit_after_dump(status: int) -> None:
        # Forked processes do not concern us.
        if os.getpid() == pid:
            faulthandler.dump_traceback(file=stacks)
        end(status)

    setattr(os, "_exit", exit_after_dump)  # noqa: B010 - no type lets a function of a module be replaced


def prepare(
    config: Mapping[str, Any],
    *,
    when_ready: Callable[[], object] = lambda: None,
    when_loaded: Callable[[], object] = lambda: None,
) -> tuple[Judge, Mapping[str, object]]:
    """Load the implementation and the suite. Return the judge, and the facts to report about the implementation.

    Parameters:
        config: See `conformance.engine.launch.Launch`.
        when_ready: Called when the suite is loaded, before anything of the implementation is.
        when_loaded: Called before capabilities are probed: if the process dies after that, a probe is the cause.
    """
    binding = binding_of(config["contract"])
    # The suite is loaded first, so that it binds functions of other modules before an implementation can replace them.
    properties = properties_of(config["suite"])
    for name in LATE:
        with contextlib.suppress(ModuleNotFoundError):
            importlib.import_module(name)
    when_ready()

    def factory(path: str, swapped_class: str | None) -> Callable[[], Subject]:
        return lambda: binding.load(path, swapped_class)

    model, swapped_class = config["model"], config["swapped_class"]
    make_subject = factory(config["adapter"], swapped_class)
    subject = make_subject()
    when_loaded()
    claims = probed(subject, binding.probes if config["is_probed"] else {})
    is_model = config["adapter"] == model and swapped_class is None
    judge = Judge(
        make_subject=make_subject,
        make_control=None if model is None or is_model else factory(model, None),
        neutral=subject.adapter_modules | {config["contract"], config["suite"]},
        adapter_modules=subject.adapter_modules,
        seed=config["seed"],
        properties=properties,
        surroundings=Surroundings.now(),
        is_swapped=swapped_class is not None,
        hooks=binding.hooks,
        suite=config["suite"],
        scripts_for=binding.scripts_for or plain_scripts(config["contract"]),
    )
    tested = subject.under_test
    hello = {
        "version": subject.version,
        "python": platform.python_version(),
        "under_test": "" if tested is None else f"{tested.__module__}.{tested.__qualname__}",
        "capabilities": sorted(claims.offered),
        "false_claims": claims.false_claims,
        "taken_back": claims.gaps,
        "notes": subject.remarks,
        "roots": [] if tested is None else implementation_roots(tested),
        "class_files": files_of([tested.__module__]) if tested is not None and swapped_class is not None else [],
        "adapter_files": files_of(subject.adapter_modules),
        "hooks": binding.hooks,
    }
    return judge, hello


def properties_of(suite: str) -> Mapping[str, list[Property]]:
    """Return the properties of a suite.

    Raises:
        CatalogueError: The suite itself cannot be loaded, which is not the implementation's fault.
    """
    try:
        return load_properties(suite)
    except Exception as error:
        raise CatalogueError(f"the suite {suite} cannot be loaded: {described(error)}") from error


def implementation_roots(tested: type[Any]) -> list[str]:
    """Return the folders and files of the implementation's classes, by which its frames are recognised in a stack."""
    roots: set[str] = set()
    for module in {base.__module__ for base in tested.__mro__ if base is not object}:
        top = sys.modules.get(module.partition(".")[0])
        paths = list(getattr(top, "__path__", [])) or [getattr(top, "__file__", None)]
        roots.update(path for path in paths if path)
    return sorted(roots - {path for name in ("typing", "abc") if (path := sys.modules[name].__file__)})


def files_of(modules: Iterable[str]) -> list[str]:
    """Return the source files of modules."""
    found = (getattr(sys.modules.get(module), "__file__", None) for module in modules)
    return sorted(path for path in found if path)


def use_settings(examples: int, database: Sequence[str] = ()) -> None:
    """Set the number of examples, which `@given` reads when the suite is imported. Each rule has its own seed.

    Parameters:
        examples: Of each property.
        database: Where failing examples are kept; empty: nowhere.
    """
    everything = list(hypothesis.HealthCheck)
    hypothesis.settings.register_profile(
        "conformance",
        max_examples=examples,
        deadline=None,
        database=database_of(database),
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=everything,
        verbosity=hypothesis.Verbosity.quiet,
    )
    hypothesis.settings.load_profile("conformance")


def freeze_constants() -> None:
    """Let hypothesis draw from the constants of the local modules that are loaded by now, and of none loaded later.

    Otherwise its draws for a rule would depend on the imports of earlier rules: an implementation may import its
    modules late, and the model is loaded with the first deviation.
    """
    constants = getattr(providers, "_get_local_constants", None)
    if constants is not None:
        found = constants()
        setattr(providers, "_get_local_constants", lambda: found)  # noqa: B010 - there is no public way
