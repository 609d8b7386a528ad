"""Result: what happened, opened from a folder or straight from a run. Needs neither numba nor simpy."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import InputError, Problem
from twin.record.recorder import Recorder

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Metrics", "Result"]


#: Keys without which a file is none of ours.
_NEEDED = {
    "summary.json": {"scenario", "duration_h", "metrics", "energy_kwh"},
    "manifest.json": {"scenario", "racks", "limits"},
}


class Metrics(Mapping[str, float]):
    """Metrics by key or as attributes: ``result.metrics.pue``.

    Parameters
    ----------
    values : mapping
        From ``summary["metrics"]``.
    """

    def __init__(self, values: Mapping[str, float]) -> None:
        self._values = dict(values)

    def __getattr__(self, name: str) -> float:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self._values[name]
        except KeyError:
            known = ", ".join(sorted(self._values))
            raise AttributeError(f"this result has no metric '{name}'; it has: {known}") from None

    def __getitem__(self, name: str) -> float:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Metrics({self._values})"


class Result:
    """A finished run.

    Parameters
    ----------
    summary, manifest : dict
        As in summary.json and manifest.json.
    directory : Path or None
        Folder of the files, if any.
    recorder : Recorder or None
        Where series come from if there is no folder.
    """

    def __init__(
        self, summary: dict[str, Any], manifest: dict[str, Any], directory: Path | None = None,
        recorder: Recorder | None = None,
    ) -> None:
        self.summary = summary
        self.manifest = manifest
        self.directory = directory
        self._recorder = recorder

    @classmethod
    def load(cls, directory: str | Path) -> Result:
        """Open the folder of a finished run.

        Parameters
        ----------
        directory : str or Path

        Returns
        -------
        Result

        Raises
        ------
        InputError
            If it holds no finished run.
        """
        folder = Path(directory)
        found = {}
        problems = []
        for name in ("summary.json", "manifest.json"):
            try:
                found[name] = json.loads((folder / name).read_text(encoding="utf-8"))
                if not isinstance(found[name], dict) or not found[name].keys() >= _NEEDED[name]:
                    raise ValueError("not what 'twin run' writes")
            except (OSError, ValueError) as error:
                reason = "not found" if isinstance(error, FileNotFoundError) else f"cannot be read: {error}"
                what = f"{reason}; is this the folder of a finished run? (an unfinished one: 'twin run --resume')"
                problems.append(Problem(name, what))
        tables = ("series.parquet", "racks.parquet")
        problems += [Problem(name, "not found") for name in tables if not (folder / name).is_file()]
        if problems:
            raise InputError(str(folder), problems)
        return cls(found["summary.json"], found["manifest.json"], folder)

    @property
    def metrics(self) -> Metrics:
        """Key figures."""
        return Metrics(self.summary["metrics"])

    @property
    def energy_kwh(self) -> dict[str, float]:
        """Electricity by use, kWh."""
        return dict(self.summary["energy_kwh"])

    def column(self, name: str) -> NDArray[np.float32]:
        """One channel over the whole run, or ``time_s`` (end of each step).

        Parameters
        ----------
        name : str

        Returns
        -------
        ndarray
            float32; ``time_s`` int64.

        Raises
        ------
        KeyError
            If there is no such channel.
        """
        if self._recorder is not None:
            if name == "time_s":
                parts = [times for times, _ in self._recorder.series_parts()]
                return np.concatenate(parts) if parts else np.zeros(0, np.int64)  # type: ignore[return-value]
            if name not in self._recorder.names:
                raise KeyError(name)
            return self._recorder.column(name)
        table = self._read("series.parquet", [name])
        if name not in table.column_names:
            raise KeyError(name)
        values: NDArray[np.float32] = table.column(name).to_numpy()
        return values

    @cached_property
    def series(self) -> pd.DataFrame:
        """All channels; the index ``time_s`` is the end of each step, seconds since 1 January 00:00."""
        if self._recorder is None:
            frame: pd.DataFrame = self._read("series.parquet").to_pandas()
            return frame.set_index("time_s")
        import pandas as pd  # lazy: heavy

        values = [part for _, part in self._recorder.series_parts()]
        index = pd.Index(self.column("time_s"), name="time_s")
        return pd.DataFrame(np.concatenate(values, axis=1).T, index=index, columns=list(self._recorder.names))

    @cached_property
    def racks(self) -> pd.DataFrame:
        """Every rack hourly, long form: time_s (end of the hour), rack, means and maximum."""
        import pandas as pd  # lazy: heavy

        names = [rack["name"] for rack in self.manifest["racks"]]
        if self._recorder is None:
            stored: pd.DataFrame = self._read("racks.parquet").to_pandas()
            return stored.astype({"rack": pd.CategoricalDtype(names)})
        from twin.record.series import RACK_COLUMNS  # lazy: pyarrow

        parts = list(self._recorder.rack_parts())
        times = np.concatenate([part for part, _ in parts])
        values = np.concatenate([part for _, part in parts]).reshape(-1, len(RACK_COLUMNS))
        frame = pd.DataFrame(values, columns=list(RACK_COLUMNS))
        frame.insert(0, "time_s", np.repeat(times, len(names)))
        which = np.tile(np.arange(len(names)), len(times))
        frame.insert(1, "rack", pd.Series(pd.Categorical.from_codes(which, categories=pd.Index(names))))
        return frame

    @cached_property
    def actions(self) -> pd.DataFrame:
        """What the policy did, setpoint by setpoint: time_s, setpoint, requested, applied, reason."""
        from twin.record.actions import action_frame  # lazy: pandas

        if self._recorder is not None:
            return action_frame(self._recorder.action_parts(), self._recorder.actions.names)
        assert self.directory is not None
        if not (self.directory / "actions.parquet").is_file():
            return action_frame(iter(()), ((), ()))
        frame: pd.DataFrame = self._read("actions.parquet").to_pandas()
        return frame

    def rack_inlets(self) -> NDArray[np.float32]:
        """Hourly mean inlet of every rack, °C, in one flat array (cheaper than :attr:`racks`).

        Returns
        -------
        ndarray of float32
        """
        if self._recorder is not None:
            parts = [values[:, :, 0].ravel() for _, values in self._recorder.rack_parts()]
            return np.concatenate(parts) if parts else np.zeros(0, np.float32)
        values: NDArray[np.float32] = self._read("racks.parquet", ["inlet_mean_c"])[0].to_numpy()
        return values

    def _read(self, name: str, columns: list[str] | None = None) -> Any:
        """A table of the folder, or some of its columns."""
        import pyarrow as pa  # lazy: heavy
        import pyarrow.parquet as pq

        assert self.directory is not None
        try:
            with pq.ParquetFile(self.directory / name) as file:  # a column that is not there is left out, not an error
                return file.read(columns=columns)
        except (OSError, pa.ArrowException) as error:
            what = f"cannot be read ({str(error).splitlines()[0]}); run the scenario again"
            raise InputError(str(self.directory), [Problem(name, what)]) from error

    def __repr__(self) -> str:
        pue = self.summary.get("metrics", {}).get("pue")
        shown = pue if pue is None else round(pue, 4)
        return f"Result({self.summary.get('scenario')!r}, pue={shown}, directory={self.directory})"
