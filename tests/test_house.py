"""The house as a test: floors, circles, walls, sizes, names, docstrings.

The rules are in ``house_rules.py``; here stand the tables they check against, each exception with its
reason. ``test_house_rules.py`` shows of every rule that it can fail.
"""

from __future__ import annotations

import subprocess
import sys
import typing
from pathlib import Path

import house_rules as rules
import numpy as np
from pydantic import BaseModel
from twin_kernels import equipment_conduit, equipment_liquid, layout

from twin.channels import CHANNELS
from twin.scenario.schema import Scenario

ROOT = Path(__file__).resolve().parents[1]
TWIN = rules.modules(ROOT / "twin")
KERNELS = rules.modules(ROOT / "kernels" / "twin_kernels")
OTHERS = [m for folder in ("tests", "benchmarks", "docs") for m in rules.modules(ROOT / folder)]

# --- the tables -----------------------------------------------------------------------------------------------

#: Modules that are one room though they lie at the top of the package.
DOORS = {"__main__": "cli", "cli_study": "cli", "cli_coating": "cli"}
KERNEL_DOORS = {
    "air_handler": "hall", "rack_statistics": "racks", "york": "rejector", "wet_coil": "coil", "coupling": "system",
    "metering": "system", "iec_plates": "evaporative", "control_iec": "control", "iec_units": "hall",
    "fan_loop": "hall", "equipment": "layout", "water_layout": "layout",
    "condenser": "plant", "precooling": "plant", "water_side": "plant", "sky_tank": "plant",
    "liquid_side": "hall", "dx_units": "hall", "dx_air": "hall", "economiser": "hall", "humidifiers": "hall",
    "step_row": "system", "equipment_liquid": "layout", "equipment_water": "layout", "pumps": "network",
    "equipment_conduit": "layout", "outdoor_streams": "plant",
    "sky": "radiation", "bands": "radiation", "coating": "envelope",
    "tower": "rejector", "merkel": "rejector", "dry_cooler": "rejector", "direct_evaporative": "rejector",
    "thermosyphon": "rejector",
}

FLOORS = {
    rules.ROOT_ROOM: 10, "cli": 10, "gym": 10,
    "study": 9,
    "interfaces": 8, "validation": 8,
    "simulate": 7,
    "engine": 6, "report": 6,
    "facility": 5, "alarms": 5,
    "weather": 4, "workload": 4, "metrics": 4,
    "scenario": 3,
    "policies": 2, "record": 2,
    "channels": 1, "errors": 1, "units": 1,
}

KERNEL_FLOORS = {
    rules.ROOT_ROOM: 9,
    "system": 5,
    "job_fluid": 4, "hall": 4, "racks": 4, "plant": 4, "field": 4,
    "electrical": 3, "job_ends": 3, "cold_plate": 3, "cdu": 3, "rear_door": 3, "immersion": 3, "heat_reuse": 3,
    "tank": 3, "ice": 3, "network": 3, "dx_coil": 3,
    "coil": 3, "rejector": 3, "evaporative": 3, "chiller": 3, "server": 3, "panel": 3, "envelope": 3, "control": 3,
    "conduit": 3,
    "psychrometrics": 2, "saturation": 2, "exchanger": 2, "movers": 2, "fluids": 2, "radiation": 2, "curves": 2,
    "ode": 2, "job_patience": 2, "job_places": 2,
    "constants": 1, "jit": 1, "layout": 1,
}

#: Imports between rooms of the same floor that are meant.
SAME_FLOOR_TWIN: dict[tuple[str, str], str] = {}
SAME_FLOOR_KERNELS = {
    ("twin_kernels.movers", "twin_kernels.curves"): "a fan curve is a polynomial; polynomials stand in curves",
    ("twin_kernels.psychrometrics", "twin_kernels.saturation"): "one topic in two files: saturation and the rest",
    ("twin_kernels.panel", "twin_kernels.coating"): "a panel is a coated surface with water under it",
    ("twin_kernels.conduit", "twin_kernels.coating"): "a conduit is a coated surface with water or air in it",
    ("twin_kernels.immersion", "twin_kernels.cold_plate"): "both throttle by the temperature of the chip itself",
}

#: Libraries with one home.
HOMES = {"matplotlib": ("report",), "simpy": ("engine", "workload")}

#: Functions that may be larger, and why.
LARGE_FUNCTIONS = {
    "twin_kernels.air_handler:_units": "one pass over the units, as above",
}
MANY_PARAMETERS = {
    "twin.cli:run": "one parameter for each option of the command",
    "twin.simulate:run": "the one public door; every parameter but the scenario is a keyword with a default",
    "twin.cli_study:compare": "one parameter for each option of the command",
    "twin.cli_study:shadow": "one parameter for each option of the command",
    "twin.cli_coating:coating": "one parameter for each option of the command",
    "twin.study.coating:coating": "the one public door; everything but the scenarios is a keyword with a default",
    "twin.study.compare:compare": "the one public door; everything but the scenarios is a keyword with a default",
    "twin_kernels.system:advance_block": "inputs and outputs of a block, one array each",
}
#: Modules whose docstring says once that everything heavy is imported where it is needed.
SAID_AT_THE_TOP = {
    "twin.cli:": "the command must answer --help in under 0.3 s",
    "twin.cli_study:": "as twin.cli",
    "twin.cli_coating:": "as twin.cli",
}
#: Rooms whose functions need a docstring but no sections Parameters and Returns.
PLAIN_DOCSTRINGS = {
    "report": "figures and tables: a finished run in, a picture out; what each shows is its sentence",
    "cli_study": "as cli",
    "cli_coating": "as cli",
    "cli": "docstrings are the command's help texts",
    "__main__": "as cli",
}
#: Functions that do nothing on purpose.
EMPTY_ON_PURPOSE = {
    "twin.cli:root": "carries the options of the command itself",
    "twin.policies.fixed:Fixed.reset": "a policy without memory",
    "twin.policies.fixed:Fixed.restore": "a policy without memory",
    "twin.policies.learned:Learned.reset": "weights are no memory",
    "twin.policies.learned:Learned.restore": "weights are no memory",
    "twin.workload.fluid:FluidStream.start": "jobs follow the clock whenever somebody asks: nothing is scheduled",
    "twin.workload.placement:Packed.see": "this placement does not look at inlets",
    "twin.workload.placement:Spread.see": "this placement does not look at inlets",
}

#: Last part of a name that carries a quantity; longer ones are compounds of these.
UNITS = (
    "_c", "_k", "_w", "_kw", "_kg_s", "_pa", "_frac", "_s", "_h",
    "_j", "_kwh", "_kg", "_l", "_m", "_m2", "_m3", "_deg", "_days", "_day", "_hour", "_hpa", "_tenths",
    "_m_s", "_m3_s", "_j_k", "_j_kg", "_w_k", "_w_m2", "_w_m2k", "_m2k_w", "_w_mk", "_j_kgk", "_kg_m3",
    "_j_m2k", "_j_m3k", "_kj_m2k", "_w_s_m3k", "_m3_s_per_kw", "_kj_k_per_kw", "_per_k", "_per_kwh", "_per_kg",
    "_kpa", "_per_m3", "_per_kw_month", "_per_day", "_k_kg", "_k_s", "_rel", "_ratio", "_servers", "_in",
    "_hours", "_litres", "_year", "_years", "_months",
)

#: Names without a unit in the scenario, the layouts, the channels and as float parameters, with the reason.
PURE_NUMBERS = {
    "exponent": "power of a curve", "fan_exponent": "power of a curve", "chw_pump_exponent": "power of a curve",
    "pump_exponent": "power of a curve",
    "flow_per_util": "fraction per fraction",
    "effectiveness": "the name of a pure number in the field", "wse_effectiveness": "as effectiveness",
    "pad_effectiveness": "as effectiveness",
    "month": "a number, 0 is January",
    "arrival_cv": "deviation over mean",
    "weight": "relative to the other rows", "burst_factor": "relative to the normal rate",
    "size_sigma": "log-normal shape", "duration_sigma": "log-normal shape",
    "gain": "controller gain; its unit stands in the schema",
    "cop": "the name of a pure number in the field", "least_cop": "as cop", "cycles": "cycles of concentration",
    "pad_cycles": "cycles of concentration",
    "plr": "part-load ratio", "plr_min": "part-load ratio", "plr_unload": "part-load ratio",
    "plr_max": "part-load ratio", "chiller_plr": "part-load ratio",
    "loss": "coefficients over a fraction", "ups_loss": "coefficients", "pdu_loss": "coefficients",
    "transformer_loss": "coefficients", "fan_curve": "coefficients over a fraction", "capft": "coefficients",
    "secondary_curve": "coefficients over a fraction", "exhaust_humidity": "humidity ratio, kg/kg",
    "film_humidity": "humidity ratio, kg/kg",
    "capff": "coefficients over a fraction", "eirff": "coefficients over a fraction",
    "plf": "coefficients over a fraction", "drop": "humidity ratio, kg/kg",
    "latent_weekday": "24 fractions", "latent_weekend": "24 fractions",
    "eirft": "coefficients", "eirfplr": "coefficients", "eirfplr_bicubic": "coefficients",
    "weekday": "24 fractions", "weekend": "24 fractions",
    "water_ratio_rated": "York's flow ratio", "saturated": "0 or 1", "outside_box": "0 or 1",
    "axis_east": "unit vector", "axis_north": "unit vector",
    "normal_east": "unit vector", "normal_north": "unit vector", "normal_up": "unit vector",
    "sun_east": "unit vector", "sun_north": "unit vector", "sun_up": "unit vector",
    "fan_integral": "controller memory, a fraction",
    "closure_rel_max": "relative", "water_rel_max": "relative",
    "mode_s_0": "seconds in mode 0", "mode_s_1": "seconds in mode 1", "mode_s_2": "seconds in mode 2",
    "mode_s_3": "seconds in mode 3", "mode_s_4": "seconds in mode 4", "mode_s_5": "seconds in mode 5",
    "mode_s_6": "seconds in mode 6", "mode_s_7": "seconds in mode 7",
    "share": "of all racks", "ducted_share": "of all racks", "cells": "a count",
    "chillers_on": "a count", "mode": "a number with names",
    "jobs.running": "a count", "jobs.queued": "a count", "plant.chillers_on": "a count",
    "pressure_factor": "relative to clean filters", "bias": "the unit of the channel it belongs to",
    "value": "the unit of the setpoint it belongs to",
    "plant.mode": "a number with names", "plant.chiller_plr": "part-load ratio",
}

#: Float parameters of general mathematics: the law holds in any unit.
MATHEMATICS = {
    "x": "any", "y": "any", "value": "any", "lo": "any", "hi": "any",
    "expected": "a count", "cv": "deviation over mean",
    "low": "any", "high": "any", "full": "York's L/G", "slow": "York's L/G", "ntu": "pure number",
    "error": "controlled quantity's unit", "integral": "controller memory", "liquid_gas": "York's L/G",
    "on_above": "controlled quantity's unit", "off_below": "controlled quantity's unit", "ua_rated": "any",
    "enthalpy": "J/kg", "carbon": "kg per kWh", "demand": "price", "ours": "any",
}


def floats_of_scenario(model: type[BaseModel], found: dict[str, str]) -> dict[str, str]:
    """Every float key of the scenario tree: where it stands, and its name."""

    def visit(annotation: object) -> bool:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            if not any(where.startswith(f"{annotation.__name__}.") for where in found):
                floats_of_scenario(annotation, found)
            return False
        return annotation is float or any(visit(inner) for inner in typing.get_args(annotation))

    for name, field in model.model_fields.items():
        if visit(field.annotation):
            found[f"{model.__name__}.{name}"] = name
    return found


def floats_of_layouts() -> dict[str, str]:
    """Every float field of the structured arrays."""
    everything = vars(layout) | vars(equipment_liquid) | vars(equipment_conduit)
    tables = {name: dtype for name, dtype in everything.items() if isinstance(dtype, np.dtype) and dtype.names}
    return {
        f"{table}.{name}": name
        for table, dtype in tables.items()
        for name in dtype.names or ()
        if dtype[name].base.kind == "f"
    }


def none_of(broken: list[str]) -> None:
    """Fail with one broken rule a line."""
    assert not broken, "\n" + "\n".join(broken)


def all_names() -> set[str]:
    """Every name that must carry a unit: scenario, layouts, channels and float parameters."""
    tables = [floats_of_scenario(Scenario, {}), floats_of_layouts(), {c.name: c.name for c in CHANNELS}]
    tables += [rules.float_parameters(TWIN), rules.float_parameters(KERNELS)]
    return {name for table in tables for name in table.values()}


def without(broken: list[str], exceptions: dict[str, str]) -> list[str]:
    """Broken rules less the reasoned exceptions."""
    return [line for line in broken if not any(line.startswith(name) for name in exceptions)]


# --- the project ----------------------------------------------------------------------------------------------


def test_imports_fall_to_lower_floors() -> None:
    none_of(rules.upward_imports(TWIN, FLOORS, DOORS, SAME_FLOOR_TWIN))
    none_of(rules.upward_imports(KERNELS, KERNEL_FLOORS, KERNEL_DOORS, SAME_FLOOR_KERNELS))


def test_no_circles() -> None:
    none_of(rules.circles(TWIN) + rules.circles(KERNELS))


def test_rooms_know_few_others() -> None:
    known = {m.name: m for m in TWIN}
    rooms = {rules.room(name, DOORS) for name in known}
    arrows = {(rules.room(m.name, DOORS), rules.room(t, DOORS)) for m in TWIN for t in rules.targets(m, known)}
    arrows = {(a, b) for a, b in arrows if a != b and rules.ROOT_ROOM not in {a, b}}
    assert len(arrows) <= 0.25 * len(rooms) * (len(rooms) - 1), sorted(arrows)


def test_walls() -> None:
    none_of(rules.foreign_imports(TWIN, HOMES, DOORS))
    none_of(rules.banned_imports(KERNELS, "*", ("twin", "simpy", "pandas", "matplotlib", "pydantic"), {}))
    for_reading = ("twin.metrics", "twin.report", "twin_kernels", "numba", "simpy")
    none_of(rules.banned_imports(TWIN, "record", for_reading, DOORS))
    none_of(rules.banned_imports(TWIN, "policies", ("twin.facility", "twin.engine", "twin_kernels"), DOORS))
    none_of(rules.root_imports(TWIN))


def test_a_result_opens_without_the_engine() -> None:
    room = [m.name for m in TWIN if rules.room(m.name, DOORS) == "record"]
    script = f"import sys, importlib\nfor name in {room!r}: importlib.import_module(name)\nprint(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.replace("'", "").strip("[]\n").split(", "))
    assert "twin.record" in loaded
    assert loaded & {"numba", "simpy", "matplotlib", "twin.engine", "twin.facility"} == set()


def test_lazy_imports_say_why() -> None:
    none_of(without(rules.silent_lazy_imports(TWIN + KERNELS), SAID_AT_THE_TOP))


def test_sizes() -> None:
    none_of(rules.long_files(TWIN + KERNELS + OTHERS))
    none_of(without(rules.long_functions(TWIN + KERNELS + OTHERS), LARGE_FUNCTIONS))
    none_of(without(rules.crowded_functions(TWIN + KERNELS), MANY_PARAMETERS))


def test_public_things_are_documented() -> None:
    none_of(rules.undocumented(TWIN, PLAIN_DOCSTRINGS) + rules.undocumented(KERNELS, {}))


def test_nothing_is_half_done() -> None:
    none_of(without(rules.stubs(TWIN + KERNELS), EMPTY_ON_PURPOSE))


def test_no_loose_state_and_no_vague_names() -> None:
    none_of(rules.loose_state(TWIN + KERNELS))
    none_of(rules.vague_names(TWIN + KERNELS))


def test_no_machine_paths() -> None:
    kinds = {".py", ".toml", ".md", ".ipynb", ".sh", ".cfg", ".yml", ".json", ".csv"}
    folders = ("twin", "kernels", "tests", "benchmarks", "docs", "notebooks", "scenarios", "tools", ".ci")
    files = [f for name in folders for f in (ROOT / name).rglob("*") if f.suffix in kinds]
    files += [f for f in ROOT.iterdir() if f.is_file() and (f.suffix in kinds or f.name == "Makefile")]
    assert len(files) > 50
    none_of(rules.machine_paths(files))


def test_quantities_carry_units() -> None:
    scenario = floats_of_scenario(Scenario, {})
    layouts = floats_of_layouts()
    channels = {f"channel {c.name}": c.name for c in CHANNELS}
    assert len(scenario) > 100
    assert len(layouts) > 250
    for names in (scenario, layouts, channels):
        none_of(rules.unit_less(names, UNITS, PURE_NUMBERS))


def test_float_parameters_carry_units() -> None:
    names = rules.float_parameters(TWIN) | rules.float_parameters(KERNELS)
    assert len(names) > 100
    none_of(rules.unit_less(names, UNITS, PURE_NUMBERS | MATHEMATICS))


def test_exceptions_are_still_needed() -> None:
    """An exception that nothing needs any more is a hole in the fence."""
    functions = {name for m in TWIN + KERNELS for name, _ in rules.functions(m)}
    for table in (LARGE_FUNCTIONS, MANY_PARAMETERS, EMPTY_ON_PURPOSE):
        assert set(table) <= functions
    assert {name for name in PURE_NUMBERS | MATHEMATICS if f"_{name}".endswith(UNITS)} == set()
    assert set(PURE_NUMBERS | MATHEMATICS) - all_names() == set()
    for package, table in ((TWIN, SAME_FLOOR_TWIN), (KERNELS, SAME_FLOOR_KERNELS)):
        known = {m.name: m for m in package}
        for importer, imported in table:
            assert imported in rules.targets(known[importer], known)
