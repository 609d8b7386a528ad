"""Where jobs come from: a generator with daily, weekly and bursty arrivals, or a CSV trace; day by day."""

from __future__ import annotations

import math
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from twin.errors import Problem
from twin.scenario.it import Jobs
from twin.scenario.job_streams import Stream, StreamLaw
from twin.workload.background import DAY_S, is_weekend
from twin.workload.laws import LONGEST_S, durations_s, named, renewal, sizes
from twin.workload.trace import Trace

__all__ = ["Arrivals", "GeneratedJobs", "JobArrays", "JobSource", "TracedJobs", "burst_edges", "inside_run"]

#: Nodes of the arrival-rate integral: the rate is inverted exactly at whole minutes and at the edges of
#: bursts, and is taken as constant between them (it changes by < 0.5 % in a minute).
NODE_S = 60.0
#: Draws of the burst path at a time; fixed, so that a longer run has the same bursts at its start.
BURST_CHUNK = 512

# Numbers of the random streams below the stream of jobs. Sizes have their own, so that changing their
# law leaves arrival times and durations as they were.
_BURSTS, _TIMES, _SIZES, _DURATIONS = range(4)


class Arrivals(NamedTuple):
    """Jobs of one day, in order of arrival.

    Attributes
    ----------
    submit_s, servers, duration_s : list of int
        Engine time of arrival, servers wanted (≥ 1), seconds at full speed (≥ 1).
    capped : int
        How many wanted more servers than the hall has and were cut to its capacity.
    """

    submit_s: list[int]
    servers: list[int]
    duration_s: list[int]
    capped: int


class JobArrays(NamedTuple):
    """Jobs of one day as arrays, in order of arrival, with everything that engines need to know.

    Attributes
    ----------
    submit_s, servers, duration_s : ndarray of int64
        As in :class:`Arrivals`.
    latest_s : ndarray of int64
        Engine time until which the job may be made to wait on purpose; ``submit_s`` if not at all.
    stream : ndarray of int64
        Number of the job's stream, a place in ``JobSource.util_frac``.
    capped : int
        As in :class:`Arrivals`.
    """

    submit_s: NDArray[np.int64]
    servers: NDArray[np.int64]
    duration_s: NDArray[np.int64]
    latest_s: NDArray[np.int64]
    stream: NDArray[np.int64]
    capped: int

    def lists(self) -> Arrivals:
        """The same without latest starts and streams, as lists."""
        return Arrivals(self.submit_s.tolist(), self.servers.tolist(), self.duration_s.tolist(), self.capped)


class JobSource(Protocol):
    """Anything that can say which jobs arrive on a day, in any order of asking.

    Attributes
    ----------
    util_frac : ndarray of float64
        Utilisation of a server that runs a job, by stream.
    may_wait : bool
        Whether any job may have a latest start after its arrival.
    notes : tuple of str
        What the user must be told about the source: jobs of a trace that were left out.
    """

    util_frac: NDArray[np.float64]
    may_wait: bool
    notes: tuple[str, ...]

    def day(self, day: int) -> Arrivals:
        """Jobs that arrive on day ``day`` (0 = 1 January) within the run."""
        ...

    def arrays(self, day: int) -> JobArrays:
        """The same jobs as arrays, with latest starts and streams."""
        ...


class GeneratedJobs:
    """Jobs drawn from the laws of ``[workload.jobs]``, or of one of its streams.

    Arrivals are a Poisson process with rate

        λ(t) = λ₀ · (1 + a cos 2π(h − h_peak)/24) · w(day) · b(t)

    with w = weekend_frac on Saturday and Sunday and 1 otherwise, and b(t) = burst_factor in a burst
    and 1 otherwise (two-state Markov-modulated Poisson process, exponential stays). λ₀ is set so
    that the long-run mean is ``per_day``. Sizes and durations are log-normal, or follow the laws that
    a stream names, in whole servers and seconds. A stream whose ``arrival_cv`` is not 1 has a Gamma
    renewal process in place of the Poisson process, in the time scale ∫λ dt.

    Every day is drawn from streams of its own, named by the day, so any day can be asked for
    without the days before it, and a run that starts on day 100 sees the same day 100.

    Parameters
    ----------
    jobs : Jobs or Stream
        The section of the scenario.
    capacity : int
        Servers in the hall; a larger job is cut to it and counted.
    seed : numpy.random.SeedSequence
        The random stream of these jobs.
    first_weekday : str
        Weekday of 1 January, in lower case.
    run_s : tuple of int
        Start and end of the run [s].

    References
    ----------
    Fischer and Meier-Hellstern (1993), The Markov-modulated Poisson process cookbook,
    Performance Evaluation 18. Lewis and Shedler (1979) for inversion of the integrated rate.
    """

    def __init__(
        self, jobs: Jobs | Stream, capacity: int, seed: np.random.SeedSequence, first_weekday: str,
        run_s: tuple[int, int],
    ) -> None:
        law = jobs.law
        self._law = law
        self._capacity = capacity
        self._seed = seed
        self._first_weekday = first_weekday
        self._run_s = run_s
        self._slack_s = round(law.slack_h * 3600.0)
        self._node_s = np.arange(0.0, DAY_S + NODE_S, NODE_S)
        week = (5.0 + 2.0 * law.weekend_frac) / 7.0
        share = law.burst_share_frac
        self._base_per_s = law.per_day / DAY_S / week / (1.0 - share + share * law.burst_factor)
        self._bursting_first = False
        self._burst_edge_s: NDArray[np.float64] = np.zeros(0)
        if law.burst_factor > 1.0 and share > 0.0:
            self._bursting_first, self._burst_edge_s = burst_edges(law, named(seed, _BURSTS), run_s[1])
        self.util_frac = np.array([law.server_util_frac])
        self.may_wait = self._slack_s > 0
        self.notes: tuple[str, ...] = ()

    def day(self, day: int) -> Arrivals:
        """Jobs that arrive on day ``day`` (0 = 1 January) within the run."""
        return self.arrays(day).lists()

    def arrays(self, day: int) -> JobArrays:
        """The same jobs as arrays, with latest starts and streams."""
        node_s, cumulative = self._expected(day)
        rng, law = named(self._seed, _TIMES, day), self._law
        if law.arrival_cv == 1.0:
            count = int(rng.poisson(cumulative[-1]))
            drawn = np.sort(rng.random(count)) * cumulative[-1]
        else:
            drawn = renewal(rng, float(cumulative[-1]), law.arrival_cv)
        # Rounding may carry the last one to midnight, which belongs to the next day.
        second = np.minimum(np.interp(drawn, cumulative, node_s).astype(np.int64), DAY_S - 1)
        servers = sizes(law, named(self._seed, _SIZES, day), drawn.size)
        duration_s = durations_s(law, named(self._seed, _DURATIONS, day), drawn.size)
        submit_s = day * DAY_S + second
        return inside_run((submit_s, servers, duration_s, submit_s + self._slack_s), self._capacity, self._run_s)

    def _expected(self, day: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Nodes of the day [s from midnight] and expected arrivals up to each."""
        node_s = self._node_s
        factor: NDArray[np.float64] | float = 1.0
        if self._burst_edge_s.size or self._bursting_first:
            low, high = np.searchsorted(self._burst_edge_s, (day * DAY_S, (day + 1) * DAY_S))
            node_s = np.unique(np.concatenate((node_s, self._burst_edge_s[low:high] - day * DAY_S)))
            middle_s = 0.5 * (node_s[1:] + node_s[:-1]) + day * DAY_S
            flips = np.searchsorted(self._burst_edge_s, middle_s) + int(self._bursting_first)
            factor = np.where(flips % 2 == 1, self._law.burst_factor, 1.0)
        omega = 2.0 * math.pi / DAY_S
        wave = np.sin(omega * (node_s - self._law.peak_hour * 3600.0)) / omega
        expected = np.diff(node_s) + self._law.daily_amplitude_frac * np.diff(wave)
        rate = self._base_per_s * (self._law.weekend_frac if is_weekend(day, self._first_weekday) else 1.0)
        # Where the amplitude is 1 the rate touches zero, and rounding may leave it just below.
        return node_s, np.concatenate(([0.0], np.cumsum(np.maximum(expected, 0.0) * factor * rate)))


class TracedJobs:
    """Jobs from a CSV file with columns submit_s, servers, duration_s, and latest_start_s if jobs may wait.

    ``submit_s`` is engine time, seconds since 1 January 00:00, in non-falling order; fractions of a
    second are dropped from it and rounded in ``duration_s`` (at least 1 s). ``latest_start_s`` is
    engine time too; a cell left empty lets that job not wait. Jobs outside the run are left out; a
    file with none inside it is refused.

    Parameters
    ----------
    path : str
        The file.
    capacity : int
        Servers in the hall; a larger job is cut to it and counted.
    run_s : tuple of int
        Start and end of the run [s].
    util_frac : float
        Utilisation of a server that runs a job.

    Raises
    ------
    InputError
        With every problem of the file.
    """

    def __init__(self, path: str, capacity: int, run_s: tuple[int, int], util_frac: float = 1.0) -> None:
        trace = Trace(path, ("submit_s", "servers", "duration_s"), ("latest_start_s",))
        submit_s, servers = trace.column["submit_s"], trace.column["servers"]
        trace.must_rise("submit_s", strictly=False)
        trace.must_lie_in("submit_s", 0.0, LONGEST_S, "s")
        trace.must_lie_in("servers", 1.0, 1e9)
        trace.flag("servers", servers % 1.0 > 0.0, "must be a whole number")
        trace.flag("duration_s", trace.column["duration_s"] <= 0.0, "must be above 0 s")
        trace.flag("duration_s", trace.column["duration_s"] > LONGEST_S, f"must be at most {LONGEST_S:g} s")
        latest_s = trace.column.get("latest_start_s", submit_s)
        latest_s = np.where(np.isnan(latest_s), submit_s, latest_s)
        if "latest_start_s" in trace.column:
            trace.flag("latest_start_s", latest_s < submit_s, "must not be before submit_s")
            trace.flag("latest_start_s", latest_s > LONGEST_S, f"must be at most {LONGEST_S:g} s")
        if not trace.problems and not np.any((submit_s >= run_s[0]) & (submit_s < run_s[1])):
            what = f"no job lies within the run, {run_s[0]} … {run_s[1]} s since 1 January 00:00"
            trace.problems.append(Problem(f"submit_s = {submit_s[0]:g} … {submit_s[-1]:g}", what))
        trace.raise_problems()
        self._submit_s = submit_s.astype(np.int64)
        self._servers = servers
        self._duration_s = np.round(trace.column["duration_s"])
        self._latest_s = latest_s.astype(np.int64)
        self._capacity = capacity
        self._run_s = run_s
        self.util_frac = np.array([util_frac])
        self.may_wait = bool(np.any(self._latest_s > self._submit_s))
        self.notes: tuple[str, ...] = ()

    def day(self, day: int) -> Arrivals:
        """Jobs that arrive on day ``day`` (0 = 1 January) within the run."""
        return self.arrays(day).lists()

    def arrays(self, day: int) -> JobArrays:
        """The same jobs as arrays, with latest starts and streams."""
        low, high = np.searchsorted(self._submit_s, (day * DAY_S, (day + 1) * DAY_S))
        part = slice(int(low), int(high))
        columns = (self._submit_s[part], self._servers[part], self._duration_s[part], self._latest_s[part])
        return inside_run(columns, self._capacity, self._run_s)


def burst_edges(law: StreamLaw, rng: np.random.Generator, end_s: int) -> tuple[bool, NDArray[np.float64]]:
    """Path of the two-state burst process from 1 January 00:00.

    Parameters
    ----------
    law : StreamLaw
        Mean length of a burst and share of time in bursts (0 < share < 1).
    rng : numpy.random.Generator
        Stream of the path alone.
    end_s : int
        The path reaches at least this time [s].

    Returns
    -------
    bursting_first : bool
        Whether the path starts in a burst (drawn from the long-run shares).
    edge_s : ndarray of float64
        Rising times at which the state flips [s].
    """
    burst_s = law.burst_mean_h * 3600.0
    calm_s = burst_s * (1.0 - law.burst_share_frac) / law.burst_share_frac
    bursting_first = bool(rng.random() < law.burst_share_frac)
    mean_s = np.tile([burst_s, calm_s] if bursting_first else [calm_s, burst_s], BURST_CHUNK)
    chunks: list[NDArray[np.float64]] = []
    reached_s = 0.0
    while reached_s < end_s:
        chunks.append(reached_s + np.cumsum(rng.standard_exponential(2 * BURST_CHUNK) * mean_s))
        reached_s = float(chunks[-1][-1])
    return bursting_first, np.concatenate(chunks) if chunks else np.zeros(0)


def inside_run(
    columns: tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]], capacity: int,
    run_s: tuple[int, int],
) -> JobArrays:
    """Those jobs that arrive within the run, whole and no larger than the hall.

    Parameters
    ----------
    columns : tuple of ndarray
        submit_s, servers, duration_s and latest_s of jobs in order of arrival.
    capacity : int
        Servers in the hall.
    run_s : tuple of int
        Start and end of the run [s].

    Returns
    -------
    JobArrays
        All of stream 0.
    """
    submit_s, servers, duration_s, latest_s = columns
    inside = (submit_s >= run_s[0]) & (submit_s < run_s[1])
    wanted = servers[inside]
    return JobArrays(
        submit_s[inside],
        np.clip(wanted, 1.0, capacity).astype(np.int64),
        np.maximum(duration_s[inside], 1.0).astype(np.int64),
        latest_s[inside],
        np.zeros(wanted.size, dtype=np.int64),
        int(np.count_nonzero(wanted > capacity)),
    )
