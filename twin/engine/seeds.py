"""The tree of random streams: one root a name, so that switching one off never shifts another."""

from __future__ import annotations

import hashlib

import numpy as np

__all__ = ["fault_stream", "moment_stream", "seed_stream"]

#: Named random streams by their place in the seed tree; a new one is added at the end.
_STREAMS = ("weather", "jobs", "noise", "faults", "policy", "forecast")


def seed_stream(seed: int, name: str) -> np.random.SeedSequence:
    """Root of a named random stream: switching one stream off never shifts another.

    Parameters
    ----------
    seed : int
        ``run.seed``.
    name : str
        weather, jobs, noise (of sensors), faults, policy or forecast.

    Returns
    -------
    numpy.random.SeedSequence
    """
    return np.random.SeedSequence(seed, spawn_key=(_STREAMS.index(name),))


def fault_stream(seed: int, event: str, unit: str) -> np.random.SeedSequence:
    """Stream of the failures of one unit by one event: named, so that adding events or units shifts no other.

    Parameters
    ----------
    seed : int
        ``run.seed``.
    event, unit : str
        What fails how, and which unit.

    Returns
    -------
    numpy.random.SeedSequence
        A child of the stream "faults".
    """
    digest = hashlib.sha256(f"{event}\n{unit}".encode()).digest()
    words = tuple(int.from_bytes(digest[i : i + 4], "little") for i in range(0, 16, 4))
    return np.random.SeedSequence(seed, spawn_key=(_STREAMS.index("faults"), *words))


def moment_stream(seed: int, name: str, time_s: int) -> np.random.Generator:
    """Random numbers of one moment: the same whatever was drawn before, so that nothing need be remembered.

    Parameters
    ----------
    seed : int
        ``run.seed``.
    name : str
        noise or forecast.
    time_s : int
        Engine time, s, ≥ 0.

    Returns
    -------
    numpy.random.Generator
    """
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(_STREAMS.index(name), time_s)))
