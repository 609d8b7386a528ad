"""Which source a scenario's jobs come from; several generated streams as one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np

from twin.errors import InputError, Problem
from twin.scenario.it import Jobs
from twin.scenario.job_streams import Stream
from twin.workload.arrivals import Arrivals, GeneratedJobs, JobArrays, JobSource, TracedJobs
from twin.workload.swf import SwfJobs

__all__ = ["MergedJobs", "job_source", "stream_seed"]


def stream_seed(seed: np.random.SeedSequence, name: str) -> np.random.SeedSequence:
    """Root of the random numbers of a named stream: by its name, not its place, so that none shifts another.

    Parameters
    ----------
    seed : numpy.random.SeedSequence
        The stream of jobs; not changed.
    name : str
        Of ``[workload.jobs.stream.NAME]``.

    Returns
    -------
    numpy.random.SeedSequence
    """
    digest = hashlib.sha256(name.encode()).digest()
    words = tuple(int.from_bytes(digest[i : i + 4], "big") for i in range(0, 16, 4))
    return np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, *words), pool_size=seed.pool_size)


class MergedJobs:
    """Several generated streams in order of arrival; of one second, in order of the streams' names.

    Parameters
    ----------
    streams : mapping of str to Stream
        By name.
    capacity : int
        Servers in the hall; a larger job is cut to it and counted.
    seed : numpy.random.SeedSequence
        The stream of jobs; every generated stream takes a child by its name.
    first_weekday : str
        Weekday of 1 January, in lower case.
    run_s : tuple of int
        Start and end of the run [s].

    Attributes
    ----------
    names : tuple of str
        Streams, in the order of their numbers.
    """

    def __init__(
        self, streams: Mapping[str, Stream], capacity: int, seed: np.random.SeedSequence, first_weekday: str,
        run_s: tuple[int, int],
    ) -> None:
        self.names = tuple(sorted(streams))
        self._sources = [
            GeneratedJobs(streams[name], capacity, stream_seed(seed, name), first_weekday, run_s)
            for name in self.names
        ]
        self.util_frac = np.concatenate([source.util_frac for source in self._sources])
        self.may_wait = any(source.may_wait for source in self._sources)
        self.notes: tuple[str, ...] = ()

    def day(self, day: int) -> Arrivals:
        """Jobs that arrive on day ``day`` (0 = 1 January) within the run."""
        return self.arrays(day).lists()

    def arrays(self, day: int) -> JobArrays:
        """The same jobs as arrays, with latest starts and streams."""
        parts = [source.arrays(day) for source in self._sources]
        submit_s = np.concatenate([part.submit_s for part in parts])
        stream = np.repeat(np.arange(len(parts)), [part.submit_s.size for part in parts])
        order = np.argsort(submit_s, kind="stable")
        return JobArrays(
            submit_s[order],
            np.concatenate([part.servers for part in parts])[order],
            np.concatenate([part.duration_s for part in parts])[order],
            np.concatenate([part.latest_s for part in parts])[order],
            stream[order],
            sum(part.capped for part in parts),
        )


def job_source(
    jobs: Jobs, capacity: int, seed: np.random.SeedSequence, first_weekday: str, run_s: tuple[int, int]
) -> JobSource:
    """Where a scenario's jobs come from.

    Parameters
    ----------
    jobs : Jobs
        The section ``[workload.jobs]``.
    capacity : int
        Servers in the hall; larger jobs are cut to it.
    seed : numpy.random.SeedSequence
        The stream of jobs.
    first_weekday : str
        Weekday of 1 January, in lower case.
    run_s : tuple of int
        Start and end of the run [s].

    Returns
    -------
    JobSource

    Raises
    ------
    InputError
        If the trace of jobs is wrong, with every problem.
    """
    if jobs.trace is not None and jobs.trace_is_swf:
        return SwfJobs(jobs, capacity, run_s)
    if jobs.trace is not None:
        traced = TracedJobs(jobs.trace, capacity, run_s, jobs.server_util_frac)
        if jobs.defer_hours and not traced.may_wait:
            what = "no job of the run has one after its submit_s, so defer_hours has nothing to hold back; leave it out"
            raise InputError(jobs.trace, [Problem("column latest_start_s", what)])
        return traced
    if jobs.stream:
        return MergedJobs(jobs.stream, capacity, seed, first_weekday, run_s)
    return GeneratedJobs(jobs, capacity, seed, first_weekday, run_s)
