"""Runs of a study on local processes: each in a folder of its own, finished ones read and not run again.

Processes are spawned, so every platform does the same and no run shares memory with another: a run gives the same
bits whether it is alone or beside others.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.synchronize import Event
from pathlib import Path

from twin.errors import SimulationError
from twin.study.one_run import Run, Task, execute, lost_run, stored

__all__ = ["default_jobs", "run_all"]

_Work = tuple[int, Task, Path | None]
_ENDED = (
    "its process ended before the run did: the policy ended it (os._exit, a crash in compiled code), it was "
    "killed, or memory ran out; the other runs go on, and --resume tries it again"
)
_NOT_BEGUN = (
    "no process of the study came up ({}): a script that compares must do so under 'if __name__ == \"__main__\":'; or "
    "memory ran out before a run began: fewer --jobs need less"
)


def default_jobs() -> int:
    """Cores that this process may use.

    Returns
    -------
    int
    """
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every platform
        return os.cpu_count() or 1


def run_all(
    tasks: Sequence[Task], folder: Path | None, jobs: int, on_run: Callable[[int, int], None] | None = None
) -> list[Run]:
    """Run tasks, those whose results lie in the folder excepted.

    Parameters
    ----------
    tasks : sequence of Task
    folder : Path or None
        Holds one folder a task; None keeps everything in memory.
    jobs : int
        Processes, at least 1; 1 runs in this process, which a policy can then end.
    on_run : callable or None
        Called with (finished, all) after every run.

    Returns
    -------
    list of Run
        In the order of the tasks.

    Raises
    ------
    SimulationError
        If processes cannot be started or a folder cannot be written; finished runs are kept. A process that ends on its
        own fails its own run only.
    """
    tell = on_run or _nothing
    places = [None if folder is None else folder / task.key for task in tasks]
    found: list[Run | None] = [
        None if place is None else stored(place, task.fingerprint()) for task, place in zip(tasks, places, strict=True)
    ]
    left = [i for i, run in enumerate(found) if run is None]
    done = len(tasks) - len(left)
    tell(done, len(tasks))
    here = {i for i in left if jobs == 1 or not tasks[i].source.travels}
    if len(left) == 1 and not tasks[left[0]].source.is_own:
        here = set(left)
    for i, run in _spread([(i, tasks[i], places[i]) for i in left if i not in here], jobs):
        found[i] = run
        done += 1
        tell(done, len(tasks))
    for i in sorted(here):
        found[i] = execute(tasks[i], places[i])
        done += 1
        tell(done, len(tasks))
    return [run for run in found if run is not None]


def _nothing(done: int, count: int) -> None:
    """Nobody listens."""
    del done, count


def _begin(begun: Event) -> None:
    """Say that a process has come up, and let it end when the one that started it is gone: nobody reads its runs."""
    begun.set()
    parent = multiprocessing.parent_process()
    assert parent is not None

    def wait() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True, name="parent").start()


def _spread(work: Sequence[_Work], jobs: int) -> Iterator[tuple[int, Run]]:
    """Number and run, as they finish.

    Where a process ends before its run does, nobody knows whose run it was: those in flight are tried again, each in a
    process of its own. One whose process ends again has failed, and runs of the same policy go alone from then on.
    """
    left, alone = list(work), list[_Work]()
    while left or alone:
        if not left:
            lost: list[_Work] = [alone.pop(0)]
        else:
            lost = yield from _pooled(left, jobs)
        for each in lost:
            again = yield from _pooled([each], 1)
            if not again:
                continue
            yield each[0], lost_run(each[1], _ENDED)
            guilty = each[1].source.identity()
            alone += [other for other in left if other[1].source.identity() == guilty]
            left = [other for other in left if other[1].source.identity() != guilty]


def _pooled(left: list[_Work], jobs: int) -> Generator[tuple[int, Run], None, list[_Work]]:
    """Run what is left until it is done or a process ends; returns what was in flight then, taken out of ``left``."""
    context = multiprocessing.get_context("spawn")
    begun = context.Event()
    workers = min(jobs, len(left))
    flying: dict[Future[Run], _Work] = {}
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(begun,)) as pool:
        try:
            while left or flying:
                while left and len(flying) < workers:
                    flying[pool.submit(execute, *left[0][1:])] = left[0]
                    del left[0]
                for future in wait(flying, return_when=FIRST_COMPLETED).done:
                    run = future.result()
                    yield flying.pop(future)[0], run
        except BrokenProcessPool as error:
            for future in [each for each in flying if each.done() and each.exception() is None]:
                yield flying.pop(future)[0], future.result()
            if begun.is_set():
                return list(flying.values())
            keys = ", ".join(task.key for _, task, _ in flying.values())
            raise SimulationError(_NOT_BEGUN.format(keys)) from error
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return []
