"""Run EnergyPlus from the ``pyenergyplus-lbnl`` wheel in a process of its own, and read its hourly answers."""

from __future__ import annotations

import csv
import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import InputError, Problem, SimulationError
from twin.validation.energyplus.hall_objects import Objects
from twin.validation.energyplus.model import OUTPUTS
from twin.weather.library import builtin_path

__all__ = ["EnergyPlusYear", "run_energyplus", "weather_path", "wheel_folder"]

#: IT, losses and cooling that make up the facility's power in the reference hall.
_FACILITY = ("processor_kw", "server_fan_kw", "ups_loss_kw", "crah_fan_kw", "chiller_kw", "tower_fan_kw",
             "chilled_pump_kw", "condenser_pump_kw")
_IT = ("processor_kw", "server_fan_kw")

#: The child: the library keeps global state and ends in odd ways, so it never runs in our own process.
_CHILD = """
import sys
import time
from pyenergyplus.api import EnergyPlusAPI
api = EnergyPlusAPI()
state = api.state_manager.new_state()
api.runtime.set_console_output_status(state, False)
code = api.runtime.run_energyplus(state, ["-w", sys.argv[1], "-d", sys.argv[2], sys.argv[3]])
with open("cpu_s.txt", "w") as stream:
    stream.write(str(time.process_time()))
sys.exit(code)
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


def weather_path(weather: str) -> Path:
    """The EPW file that a scenario's ``site.weather`` names.

    Parameters
    ----------
    weather : str
        Built-in name or path.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        When it is not an EPW file, or not installed.
    """
    path = builtin_path(weather) or Path(weather)
    if path.suffix.lower() != ".epw" or not path.is_file():
        raise InputError("EnergyPlus", [Problem(f"weather = {weather!r}", "EnergyPlus reads EPW files only")])
    return path


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
        When the wheel is missing.
    SimulationError
        When EnergyPlus stops; says the first severe messages.
    """
    if wheel_folder() is None:
        problem = Problem("pyenergyplus-lbnl", "is not installed; pip install pyenergyplus-lbnl")
        raise InputError("EnergyPlus", [problem])
    with tempfile.TemporaryDirectory(prefix="twin-energyplus-") as text:
        folder = Path(text)
        source = folder / "in.epJSON"
        source.write_text(json.dumps(objects), encoding="utf-8")
        started = time.perf_counter()
        child = subprocess.run([sys.executable, "-c", _CHILD, str(weather), str(folder), str(source)],
                               cwd=folder, capture_output=True, text=True, check=False)
        wall_s = time.perf_counter() - started
        table = folder / "eplusout.csv"
        if child.returncode != 0 or not table.is_file():
            complaint = _complaint(folder, child.stderr)
            raise SimulationError(f"EnergyPlus stopped with code {child.returncode}: {complaint}")
        cpu_s = float((folder / "cpu_s.txt").read_text(encoding="utf-8"))
        return EnergyPlusYear(_read_hours(table), cpu_s, wall_s)


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
