"""Run EnergyPlus from the ``pyenergyplus-lbnl`` wheel in a process of its own, and read its hourly answers."""

from __future__ import annotations

import csv
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import InputError, Problem, SimulationError
from twin.validation.energyplus.hall_objects import Objects
from twin.validation.energyplus.model import OUTPUTS

__all__ = ["EnergyPlusYear", "run_energyplus", "weather_file", "wheel_folder"]

#: IT, losses and cooling that make up the facility's power in the reference hall.
_FACILITY = ("processor_kw", "server_fan_kw", "ups_loss_kw", "crah_fan_kw", "chiller_kw", "tower_fan_kw",
             "chilled_pump_kw", "condenser_pump_kw")
_IT = ("processor_kw", "server_fan_kw")

#: The child: the library keeps global state and ends in odd ways, so it never runs in our own process.
_CHILD = """
import sys
from pyenergyplus.api import EnergyPlusAPI
api = EnergyPlusAPI()
state = api.state_manager.new_state()
api.runtime.set_console_output_status(state, False)
sys.exit(api.runtime.run_energyplus(state, ["-w", sys.argv[1], "-d", sys.argv[2], sys.argv[3]]))
"""


@dataclass(frozen=True)
class EnergyPlusYear:
    """What EnergyPlus answered.

    Attributes
    ----------
    hourly : dict of str to ndarray
        Hourly means by our names (``OUTPUTS``), hour h ending at h; units in the names.
    cpu_s, wall_s : float
        Processor and wall time of the whole process, seconds.
    """

    hourly: dict[str, NDArray[np.float64]]
    cpu_s: float
    wall_s: float

    def energy_kwh(self, *names: str) -> float:
        """Sum over the hours of the named powers, kWh."""
        return float(sum(self.hourly[name].sum() for name in names))

    @property
    def it_kwh(self) -> float:
        """IT energy, kWh."""
        return self.energy_kwh(*_IT)

    @property
    def pue(self) -> float:
        """Facility over IT energy."""
        return self.energy_kwh(*_FACILITY) / self.it_kwh


def wheel_folder() -> Path | None:
    """Folder of the ``pyenergyplus`` package; None when the wheel is not installed.

    Returns
    -------
    Path or None
    """
    try:
        spec = importlib.util.find_spec("pyenergyplus")
    except (ImportError, ValueError):
        return None
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))


def weather_file(place: str) -> Path | None:
    """One of the wheel's EPW files, by part of its name.

    Parameters
    ----------
    place : str
        For example ``Sterling``.

    Returns
    -------
    Path or None
        None when the wheel is not installed or has no such file.
    """
    folder = wheel_folder()
    if folder is None:
        return None
    found = sorted((folder / "data" / "weather").glob(f"*{place}*.epw"))
    return found[0] if found else None


def run_energyplus(objects: Objects, weather: Path) -> EnergyPlusYear:
    """Run one year in a temporary folder.

    Parameters
    ----------
    objects : Objects
        From ``build_epjson``.
    weather : Path
        EPW file.

    Returns
    -------
    EnergyPlusYear

    Raises
    ------
    InputError
        When the wheel is missing or the weather file is not an EPW.
    SimulationError
        When EnergyPlus stops; says the first severe messages.
    """
    if wheel_folder() is None:
        raise InputError("EnergyPlus", [Problem("pyenergyplus-lbnl", "is not installed; pip install 'cooling-twin[test]'")])
    if weather.suffix.lower() != ".epw" or not weather.is_file():
        raise InputError("EnergyPlus", [Problem(str(weather), "EnergyPlus reads EPW files only")])
    with tempfile.TemporaryDirectory(prefix="twin-energyplus-") as text:
        folder = Path(text)
        source = folder / "in.epJSON"
        source.write_text(json.dumps(objects), encoding="utf-8")
        before = os.times()
        child = subprocess.run([sys.executable, "-c", _CHILD, str(weather), str(folder), str(source)],
                               cwd=folder, capture_output=True, text=True, check=False)
        after = os.times()
        table = folder / "eplusout.csv"
        if child.returncode != 0 or not table.is_file():
            raise SimulationError(f"EnergyPlus stopped with code {child.returncode}: {_complaint(folder, child.stderr)}")
        hourly = _read_hours(table)
    cpu_s = after.children_user - before.children_user + after.children_system - before.children_system
    return EnergyPlusYear(hourly, cpu_s, after.elapsed - before.elapsed)


def _complaint(folder: Path, stderr: str) -> str:
    report = folder / "eplusout.err"
    text = report.read_text(encoding="utf-8", errors="replace") if report.is_file() else stderr
    lines = [line.strip(" *") for line in text.splitlines() if "Severe" in line or "Fatal" in line or "~~~" in line]
    return " | ".join(lines[:6]) or stderr.strip()[-300:] or "no message"


def _read_hours(table: Path) -> dict[str, NDArray[np.float64]]:
    with table.open(newline="", encoding="utf-8") as stream:
        rows = csv.reader(stream)
        header = [name.strip().upper() for name in next(rows)]
        values = np.array([[float(cell) if cell else np.nan for cell in row[1:]] for row in rows])
    hourly: dict[str, NDArray[np.float64]] = {}
    for name, (key, variable, factor) in OUTPUTS.items():
        wanted = f"{key}:{variable} [".upper()
        columns: list[Any] = [k for k, title in enumerate(header) if title.startswith(wanted)]
        if len(columns) != 1:
            raise SimulationError(f"EnergyPlus wrote {len(columns)} columns '{key}:{variable}'; one was expected")
        hourly[name] = values[:, columns[0] - 1] * factor
    return hourly
