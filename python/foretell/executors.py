"""Runs dealt out to the workers of an executor, and put together as they come.

A run of so many worlds falls into parts, each of which any machine can run by itself. Whoever runs them, in whatever order they come back: what they are put
together to has the bytes of one run.
"""

from __future__ import annotations

import contextlib
import sys
import time
import uuid
import zlib
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from typing import Any

import numpy

from . import _asking, _foretell, _wording
from ._asking import OnProgress, Progress
from .errors import ForetellError, InputFault, KindFault, of_environment

__all__ = ["RayExecutor", "Work", "merged", "run_on", "run_shard"]

#: What gives a packed part: a function and what it is called with, before the name of the run.
Work = tuple[Callable[..., bytes], tuple[object, ...]]

#: Parts, if the executor does not say how many workers it has.
SHARDS = 16
#: The most parts that a run falls into.
MOST_SHARDS = 100_000
#: Parts for each worker: so that nobody waits long for the last one.
SHARDS_PER_WORKER = 4
#: Parts that are asked for beyond those that are worked on. Answers are put together in order, so memory does not grow with the number of parts.
AHEAD = 2
#: How often a part is run that was lost with its worker.
TRIES = 4
#: How often one looks, in seconds, whether the run was interrupted.
BREATH = 0.2
#: How often one looks, in seconds, how many workers there are: more may have joined, or some have gone.
LOOK = 1.0
#: After how many seconds in which nothing came back one looks whether there are workers at all.
PATIENCE = 10.0

#: Runs of this process whose parts nobody waits for any more.
_called_off: set[str] = set()


class CalledOff(Exception):
    """Breaks off a part that nobody waits for any more."""


def _cancelled_by_dask() -> Callable[[], bool]:
    """What says whether the task of this thread was cancelled, if it is one of Dask's, which leaves a task that has begun to itself."""
    distributed = sys.modules.get("distributed")
    with contextlib.suppress(ValueError, AttributeError, KeyError):
        worker = distributed.get_worker()  # type: ignore[union-attr]
        task = worker.state.tasks[worker.get_current_task()]
        return lambda: task.state == "cancelled"
    return lambda: False


def while_wanted(run: str) -> OnProgress:
    """What a part tells of its progress, and what breaks it off once nobody waits for the run any more: one of this process, or of Dask."""
    is_cancelled = _cancelled_by_dask()

    def go_on(_: float) -> None:
        if run in _called_off or is_cancelled():
            raise CalledOff("nobody waits for this part any more")

    return go_on


#: What parts a part from what was said beside it; no text of JSON holds it.
BESIDE = "\0"


def packed(part: str, remarks: Sequence[str] = ()) -> bytes:
    """A part as it travels, with notes that are to be said where it is put together: about a third of its text, for a tenth of a second for ten megabytes."""
    return zlib.compress(BESIDE.join([part, *remarks]).encode(), 1)


def unpacked(part: bytes) -> str:
    """The text of a part that has travelled."""
    return unpacked_with_remarks(part)[0]


def unpacked_with_remarks(part: bytes) -> tuple[str, list[str]]:
    """The same, and the notes beside it."""
    text, *remarks = zlib.decompress(part).decode().split(BESIDE)
    return text, remarks


def run_shard(arguments: list[str], texts: Mapping[str, str], number: int, of: int, run: str = "") -> bytes:
    """Runs one part; what it gives, `packed`, is put together with others. What a worker runs.

    What is worth to know about the scenario is said where the parts are put together, once, and not by each worker. `run` is what the run is called by `merged`.

    Raises
    ------
    InputFault
        If the scenario or an argument is at fault.
    """
    arguments = [*arguments, f"--shard={number}/{of}", "--out=-"]
    return packed(_asking.ask(arguments, texts, while_wanted(run), warns=False).text)


def _called(function: Callable[..., Any], arguments: Sequence[Any], keywords: Mapping[str, Any]) -> Any:
    """What a function gives."""
    return function(*arguments, **keywords)


class RayExecutor(Executor):
    """The workers of Ray, which has no executor of its own; for `ray.init` to have been called.

    >>> import ray
    >>> ray.init()                                                                              # doctest: +SKIP
    >>> foretell.run("scenario.toml", worlds="1G", executor=foretell.executors.RayExecutor())   # doctest: +SKIP

    Raises
    ------
    ImportError
        If Ray is not installed.
    RuntimeError
        If `ray.init` was not called: there is nobody to work.
    """

    def __init__(self) -> None:
        import ray

        if not ray.is_initialized():
            raise RuntimeError("there is no Ray to work: call `ray.init()` first, or `ray.init(\"auto\")` where `ray start` has started it")
        self._ray = ray
        self._is_shut_down = False
        # Ray would make an actor of a class, and asks for a signature that builtins do not have.
        self._remote = ray.remote(_called)
        self._references: dict[Future[Any], Any] = {}
        self._max_workers = int(ray.cluster_resources().get("CPU", 1))

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **keywords: Any) -> Future[Any]:
        """Has a worker call the function; a call that is lost with its worker is made again.

        Raises
        ------
        RuntimeError
            If it was shut down.
        """
        if self._is_shut_down:
            raise RuntimeError("cannot schedule new futures after shutdown")
        reference = self._remote.remote(function, arguments, keywords)
        future: Future[Any] = reference.future()
        self._references[future] = reference
        future.add_done_callback(self._is_done)
        return future

    def _is_done(self, future: Future[Any]) -> None:
        reference = self._references.pop(future)
        if future.cancelled():
            self._ray.cancel(reference)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Takes no more calls, calls off those that are not done if asked to, and waits for the rest; Ray itself goes on."""
        self._is_shut_down = True
        if cancel_futures:
            for reference in list(self._references.values()):
                self._ray.cancel(reference)
        if wait:
            wait_for(list(self._references))


def workers(executor: Executor) -> int | None:
    """How many workers an executor has, if it says so."""
    client = getattr(executor, "_client", None)  # Dask distributed
    if client is not None:
        cores: Mapping[str, int] = client.ncores()
        return sum(cores.values())
    count = getattr(executor, "_max_workers", None)
    return count if isinstance(count, int) else None


def _is_lost(problem: BaseException) -> bool:
    """Whether a part failed with its worker, and not by its own fault."""
    return type(problem).__name__ in {"KilledWorker", "WorkerCrashedError", "CommClosedError", "FutureCancelledError", "CalledOff"}


def _of_worker(problem: BaseException) -> BaseException:
    """What a worker raised, as it would have been raised here: Ray's has it as its cause."""
    cause = getattr(problem, "cause", None)
    return cause if isinstance(cause, ForetellError) else problem


def check_executor(executor: object) -> None:
    """Whether it is an executor, or looks like one.

    Raises
    ------
    TypeError
        If not: it says what may stand there.
    """
    if isinstance(executor, type):
        raise KindFault(f"`executor` is a class, not an executor: give `{executor.__name__}(…)`")
    if hasattr(executor, "get_executor"):
        raise KindFault("`executor` is a client, not an executor: give `client.get_executor()`")
    if not callable(getattr(executor, "submit", None)):
        kind = type(executor).__name__
        raise KindFault(f"`executor` must be a concurrent.futures.Executor, not {kind}: give `ThreadPoolExecutor(4)`, say, or `client.get_executor()` of Dask distributed")


def run_on(
    executor: Executor | None,
    arguments: list[str],
    texts: Mapping[str, str],
    shards: int | None = None,
    events: bool = False,
    progress: Progress = False,
) -> _foretell.Told:
    """Runs the parts of a run on an executor and puts them together; without one, here one after the other."""
    if executor is None:
        with ThreadPoolExecutor(1) as own:
            return run_on(own, arguments, texts, shards, events, progress)
    check_executor(executor)
    count = workers(executor)
    if shards is None:
        # Where there is no worker yet, nobody knows how many will come.
        shards = SHARDS_PER_WORKER * count if count else SHARDS
    if isinstance(shards, bool) or not isinstance(shards, (int, numpy.integer)):
        raise KindFault(f"shards is a whole number, not {shards!r}")
    if shards > MOST_SHARDS:
        raise InputFault(f"a run has at most {MOST_SHARDS} shards, not {shards}")
    if shards < 1:
        raise InputFault(f"a run has at least one shard, not {shards}")
    if not texts:
        try:
            texts = _foretell.scenario_texts(arguments[1])
        except OSError as problem:
            raise of_environment(str(problem), _wording.NO_SCENARIO) from None
    if not any(argument.startswith("--threads") for argument in arguments):
        # A worker is one thread of its machine; the parts are what runs side by side.
        arguments = [*arguments, "--threads=1"]
    work: list[Work] = [(run_shard, (arguments, texts, number, shards)) for number in range(1, shards + 1)]
    return merged(executor, work, events, progress)


def _check_workers(count: int | None) -> None:
    """Warns where there is no worker: Dask waits for one, and says nothing."""
    if count == 0:
        _asking.warn("the executor has no worker: its work waits until there is one")


def merged(
    executor: Executor,
    work: Sequence[Work],
    events: bool,
    progress: Progress,
    names: Mapping[str, str] | None = None,
    on_remark: Callable[[str], object] | None = None,
) -> _foretell.Told:
    """Has parts worked out and puts them together in their order, as they come. A part that is lost with its worker is worked out again. Each is given
    the name of the run last, by which `while_wanted` breaks it off if nobody waits for it any more: where this is interrupted, or a part is at fault.

    Messages call a part by its place, from 1, or as `names` has it. `on_remark` is told the notes that came with the parts, in their order.
    """
    called = {} if names is None else dict(names)
    run = uuid.uuid4().hex
    count = workers(executor)
    _check_workers(count)
    tell, close = _asking.listener(progress, "parts")
    merger = _foretell.Merger()
    waiting = deque(range(len(work)))
    running: dict[Future[bytes], int] = {}
    tries = [0] * len(work)
    done: dict[int, bytes] = {}
    following = 0
    last = looked = time.monotonic()
    try:
        while waiting or running:
            if time.monotonic() - looked > LOOK:
                count, looked = workers(executor), time.monotonic()
            at_once = len(work) if count is None else AHEAD * max(count, 1)
            while waiting and len(running) + len(done) < at_once:
                number = waiting.popleft()
                tries[number] += 1
                function, arguments = work[number]
                running[executor.submit(function, *arguments, run)] = number
            finished, _ = wait_for(running, timeout=BREATH, return_when=FIRST_COMPLETED)
            if finished:
                last = time.monotonic()
            elif time.monotonic() - last > PATIENCE:
                _check_workers(count)
                last = time.monotonic()
            for future in finished:
                number = running.pop(future)
                problem = future.exception()
                if problem is None:
                    done[number] = future.result()
                elif _is_lost(problem) and tries[number] < TRIES:
                    waiting.appendleft(number)
                else:
                    raise _of_worker(problem)
            while following in done:
                name = f"part {following + 1}"
                part, remarks = unpacked_with_remarks(done.pop(following))
                _asking.told(merger.add(called.get(name, name), part), "run")
                if on_remark is not None:
                    for remark in remarks:
                        on_remark(remark)
                following += 1
            if tell is not None:
                tell((following + len(done)) / len(work))
        return _asking.told(merger.finish(events), "run")
    finally:
        # Interrupted or failed: nobody waits for the rest.
        if running:
            _called_off.add(run)
        for future in running:
            future.cancel()
        close()
