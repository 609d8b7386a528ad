"""Runs of a study on local processes: each in a folder of its own, finished ones read and not run again.

Processes are spawned, so every platform does the same and no run shares memory with another: a run gives the same
bits whether it is alone or beside others.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from twin.errors import SimulationError
from twin.study.one_run import Run, Task, execute, stored

__all__ = ["default_jobs", "run_all"]


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
        Processes, at least 1; 1 runs in this process.
    on_run : callable or None
        Called with (finished, all) after every run.

    Returns
    -------
    list of Run
        In the order of the tasks.

    Raises
    ------
    SimulationError
        If a process was killed or a folder cannot be written; finished runs are kept.
    """
    tell = on_run or _nothing
    places = [None if folder is None else folder / task.key for task in tasks]
    found: list[Run | None] = [
        None if place is None else stored(place, task.fingerprint()) for task, place in zip(tasks, places, strict=True)
    ]
    left = [i for i, run in enumerate(found) if run is None]
    done = len(tasks) - len(left)
    tell(done, len(tasks))
    own = [i for i in left if jobs == 1 or len(left) == 1 or not tasks[i].source.travels]
    try:
        for i, run in _spread([(i, tasks[i], places[i]) for i in left if i not in own], jobs):
            found[i] = run
            done += 1
            tell(done, len(tasks))
    except BrokenProcessPool as error:
        what = (
            "a process of the study ended before its run did (killed, or out of memory; a script that compares must "
            "do so under 'if __name__ == \"__main__\":'). Finished runs are kept: go on with --resume, or --jobs 1"
        )
        raise SimulationError(what) from error
    for i in own:
        found[i] = execute(tasks[i], places[i])
        done += 1
        tell(done, len(tasks))
    return [run for run in found if run is not None]


def _nothing(done: int, count: int) -> None:
    """Nobody listens."""
    del done, count


def _end_with_parent() -> None:
    """Let a process of the pool end when the one that started it is gone, however that ended: nobody reads its runs."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def wait() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True, name="parent").start()


def _spread(work: list[tuple[int, Task, Path | None]], jobs: int) -> Iterator[tuple[int, Run]]:
    """Number and run, as they finish."""
    if not work:
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(work)), mp_context=context, initializer=_end_with_parent) as pool:
        waiting = {pool.submit(execute, task, place): i for i, task, place in work}
        try:
            for future in as_completed(waiting):
                yield waiting[future], future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
