"""What a policy sees of the last step, through sensors that may read wrong or be stuck."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from twin.channels import CHANNELS

__all__ = ["RowValues"]

_SCALED = {c.name: (c.field, c.scale) for c in CHANNELS if c.field is not None}
_NONE: Mapping[str, float] = {}


class RowValues(dict[str, float]):
    """Channel values of one row, computed when asked for.

    Parameters
    ----------
    row : record of STEP_OUT
    jobs : tuple of float
        Jobs running and queued.
    bias : mapping
        Channel → what its sensor reads too high.
    held : mapping
        Channel → the value its sensor is stuck at.
    """

    def __init__(
        self, row: np.void, jobs: tuple[float, float], bias: Mapping[str, float] = _NONE,
        held: Mapping[str, float] = _NONE,
    ) -> None:
        super().__init__()
        self._row = row
        self._bias = bias
        self["jobs.running"], self["jobs.queued"] = jobs
        for name in bias:
            if name in self:
                self[name] += bias[name]
        if held:
            self.update(held)

    def __missing__(self, name: str) -> float:
        field, scale = _SCALED[name]
        return float(self._row[field]) * scale + self._bias.get(name, 0.0)

    def __iter__(self) -> Any:
        return iter(c.name for c in CHANNELS)

    def __len__(self) -> int:
        return len(CHANNELS)
