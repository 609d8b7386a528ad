"""Wall and CPU time of a run."""

from __future__ import annotations

import time
from dataclasses import dataclass

__all__ = ["Stopwatch"]


@dataclass
class Stopwatch:
    """Wall and CPU time of a run, over all its sessions; it starts when it is made.

    Attributes
    ----------
    wall_s, cpu_s : float
        Of earlier sessions, s.
    """

    wall_s: float = 0.0
    cpu_s: float = 0.0

    def __post_init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float]:
        """Both, this session's included.

        Returns
        -------
        tuple of float
            Wall and CPU time, s.
        """
        return (
            self.wall_s + time.perf_counter() - self._wall,
            self.cpu_s + time.process_time() - self._cpu,
        )
