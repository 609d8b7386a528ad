"""The engine that a scenario's jobs run in."""

from __future__ import annotations

import numpy as np
import simpy
from numpy.typing import NDArray

from twin.scenario.it import Jobs
from twin.workload.fluid import FluidStream
from twin.workload.jobs import JobStream

__all__ = ["AnyStream", "job_stream"]

#: What a simulation talks to.
AnyStream = JobStream | FluidStream


def job_stream(
    jobs: Jobs, rack_servers: NDArray[np.int64], seed: np.random.SeedSequence, start_s: int, end_s: int,
    env: simpy.Environment, first_weekday: str = "monday",
) -> AnyStream:
    """All jobs of a hall, in the engine that the scenario names.

    Parameters
    ----------
    jobs : Jobs
        The section ``[workload.jobs]``; its ``engine`` chooses.
    rack_servers : ndarray of int64
        Servers of each rack (≥ 0, at least one in all).
    seed : numpy.random.SeedSequence
        The stream of jobs; not changed.
    start_s, end_s : int
        Run in engine time, seconds since 1 January 00:00; job events from ``end_s`` on do not happen.
    env : simpy.Environment
        The clock, in whole seconds of engine time.
    first_weekday : str
        Weekday of 1 January, in lower case.

    Returns
    -------
    JobStream or FluidStream

    Raises
    ------
    InputError
        If the trace of jobs is wrong, with every problem.
    """
    engine = FluidStream if jobs.engine == "fluid" else JobStream
    return engine(jobs, rack_servers, seed, start_s, end_s, env, first_weekday)
