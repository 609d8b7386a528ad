"""A facility under test: built as a run builds it, moved step by step, audited after every step.

The audit takes what is stored from the state itself (temperatures times capacities before and after the step),
what flows from the records of the single units, and never from a solver. Whoever changes how a step is called
changes it here only.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from twin_kernels.constants import CP_WATER
from twin_kernels.layout import STEP_OUT, WEATHER, Params, State
from twin_kernels.metering import closure_w, vapour_closure_kg_s
from twin_kernels.psychrometrics import enthalpy_j_kg, humidity_ratio, standard_pressure_pa
from twin_kernels.system import advance, advance_block
from water_audit import check_water, stored_liquid_j

from twin.facility.build import Facility, build_facility, fresh_state, setpoint_record
from twin.scenario.read import load_scenario
from twin.scenario.schema import Scenario

#: Closure that the house promises, as a share of the largest heat flow or rated IT.
PROMISE = 1e-9
HOUR_S = 3600.0
_NO_CHANGES = np.zeros((0, 4))

#: A hall of eight racks and 80 kW with everything in small: the base that tests lay their keys over.
SMALL: dict[str, Any] = {
    "run": {"duration_days": 1.0},
    "site": {"weather": "greensboro-tmy3"},
    "hall": {
        "it_rated_kw": 80.0, "return_air_temp_c": 34.0, "length_m": 8.0, "width_m": 6.0, "height_m": 4.0,
        "server": {"storage_network_frac": 0.05, "leak_per_k": 0.004, "ramp_start_c": 25.0, "ramp_gain_frac": 0.5},
        "rows": {"a": {"racks": 5}, "b": {"racks": 3, "weight": 1.5}},
        "air": {"recirculation_frac": 0.06, "row_end_extra_frac": 0.04, "self_recirculation_frac": 0.02,
                "containment_frac": 0.6, "floor_leakage_frac": 0.05, "ventilation_kg_s": 0.05},
        "crah": {"n": {"count": 3, "air_m3_s": 2.5, "coil": {
            "air_in_c": 34.0, "air_out_c": 22.0, "water_in_c": 16.0, "water_kg_s": 4.5}}},
        "humidity": {"min_dew_point_c": 5.5, "rated_kg_s": 0.002},
    },
    "plant": {
        "supply_air_temp_c": 22.0, "chilled_water_temp_c": 16.0, "condenser_water_min_c": 16.0,
        "chilled_water_volume_m3": 1.0, "condenser_water_volume_m3": 1.2,
        "chiller": {"c": {"part": "constant-second-law", "count": 2, "rated_kw": 60.0, "cop": 6.5}},
        "tower": {"t": {"count": 2, "water_kg_s": 3.0, "air_m3_s": 2.2, "fan_kw": 0.8}},
        "chilled_water_pump": {"rated_kw": 1.0, "rated_kg_s": 3.5, "control": "variable"},
        "condenser_water_pump": {"rated_kw": 0.8, "rated_kg_s": 3.0},
        "water_economiser": {"effectiveness": 0.8},
    },
    "power": {"ups": {"to_hall_frac": 0.3}},
    "workload": {"kind": "schedule"},
}


#: What turns the small hall into one with indirect evaporative units, sprayed and with DX trim.
IEC: dict[str, Any] = {
    "hall": {
        "return_air_temp_c": 36.0, "crah": None,
        "iec": {"n": {
            "count": 3, "air_m3_s": 2.5, "secondary_air_m3_s": 2.9, "spray": {"pump_kw": 0.25, "water_kg_s": 0.8},
            "dx": {"rated_kw": 25.0}}},
        "humidity": {"max_dew_point_c": 15.0, "dehumidifier_kg_s": 0.001},
    },
    "plant": {
        "supply_air_temp_c": 24.0, "chiller": None, "tower": None, "chilled_water_pump": None,
        "condenser_water_pump": None, "water_economiser": None,
    },
}


#: What turns the small hall into one with direct-expansion units that hold the supply air.
DX: dict[str, Any] = {
    "hall": {
        "crah": None,
        "dx": {"n": {"count": 3, "part": "energyplus-curve-i", "rated_kw": 45.0, "air_m3_s": 2.5}},
        "humidity": {"max_dew_point_c": 15.0, "dehumidifier_kg_s": 0.001},
    },
    "plant": {
        "supply_air_temp_c": 22.0, "chiller": None, "tower": None, "chilled_water_pump": None,
        "condenser_water_pump": None, "water_economiser": None,
    },
}
#: What turns the small hall into one with cold plates on warm facility water, cooled by towers behind an exchanger.
LIQUID: dict[str, Any] = {
    "hall": {
        "rows": {"b": {"liquid": False}},
        "liquid": {"technology_water_temp_c": 32.0, "cdu": {"m": {"count": 2, "loop_l_per_kw": 5.0}}},
    },
    "plant": {
        "tower": {"w": {"count": 2, "water_kg_s": 1.2, "air_m3_s": 1.4, "fan_kw": 0.5, "approach_k": 3.0}},
        "facility_water": {
            "supply_temp_c": 28.0, "volume_m3": 0.5,
            "pump": {"rated_kw": 0.4, "rated_kg_s": 1.6, "control": "variable"},
            "exchanger": {"effectiveness": 0.85, "volume_m3": 0.4, "pump": {"rated_kw": 0.4, "rated_kg_s": 1.8}}},
        "connections": {"plant.condenser_water": ["plant.tower.t"]},
    },
}
#: What turns it into one with a door behind every rack.
DOORS: dict[str, Any] = {"hall": {"rear_door": {"water_kg_s": 0.5, "effectiveness_frac": 0.6}}}


def laid_over(base: Mapping[str, Any], top: Mapping[str, Any]) -> dict[str, Any]:
    """Nested tables merged; what ``top`` says wins, None removes a key."""
    out = copy.deepcopy(dict(base))
    for name, value in top.items():
        if value is None:
            out.pop(name, None)
        elif isinstance(value, Mapping) and isinstance(out.get(name), Mapping):
            out[name] = laid_over(out[name], value)
        else:
            out[name] = copy.deepcopy(value)
    return out


def small_scenario(changes: Mapping[str, Any] | None = None, overrides: Sequence[str] = ()) -> Scenario:
    """The small hall with some keys changed."""
    return load_scenario(laid_over(SMALL, changes or {}), overrides)


def iec_scenario(changes: Mapping[str, Any] | None = None, overrides: Sequence[str] = ()) -> Scenario:
    """The small hall with indirect evaporative units and some keys changed."""
    return load_scenario(laid_over(laid_over(SMALL, IEC), changes or {}), overrides)


def dx_scenario(changes: Mapping[str, Any] | None = None, overrides: Sequence[str] = ()) -> Scenario:
    """The small hall with direct-expansion units and some keys changed."""
    return load_scenario(laid_over(laid_over(SMALL, DX), changes or {}), overrides)


def liquid_scenario(changes: Mapping[str, Any] | None = None, overrides: Sequence[str] = ()) -> Scenario:
    """The small hall with cold plates and some keys changed."""
    return load_scenario(laid_over(laid_over(SMALL, LIQUID), changes or {}), overrides)


def steady_weather(
    dry_bulb_c: float = 20.0, relative_humidity: float = 0.5, steps: int = 1, altitude_m: float = 0.0, **fields: float
) -> NDArray[np.void]:
    """The same outdoor air in every step, at night unless ``fields`` say otherwise."""
    out = np.zeros(steps, WEATHER)
    pressure_pa = float(standard_pressure_pa(altitude_m))
    out["dry_bulb_c"] = dry_bulb_c
    out["pressure_pa"] = pressure_pa
    out["humidity_ratio"] = humidity_ratio(dry_bulb_c, relative_humidity, pressure_pa)
    out["wind_m_s"] = 3.0
    out["infrared_w_m2"] = 0.8 * 5.670374419e-8 * (dry_bulb_c + 273.15) ** 4
    out["sun_up"] = -0.5
    for name, value in fields.items():
        out[name] = value
    return out


def greensboro_scenario(overrides: Sequence[str] = ()) -> Scenario:
    """The shipped hall of 200 racks."""
    return load_scenario("chilled-water-greensboro", overrides)


class Rig:
    """A facility with its state; ``step`` moves it, ``audited_step`` also checks the books."""

    def __init__(
        self, scenario: Scenario, first_weather: NDArray[np.void], altitude_m: float = 0.0, start_s: int = 0
    ) -> None:
        self.scenario = scenario
        self.facility: Facility = build_facility(scenario, altitude_m)
        self.params: Params = self.facility.params
        self.state: State = fresh_state(self.facility, scenario, first_weather, start_s)
        self.setpoints = setpoint_record(scenario)
        self.worst_energy = self.worst_water = 0.0
        #: Heat that leaves the hall through the plates against what their exhaust carries, over rated IT.
        self.worst_plates = 0.0
        #: Heat that the hall's air gives to DX coils against what the units' laws say, over rated IT.
        self.worst_coils = 0.0
        #: No temperature above this; a hall without cooling and without thermal mass has no limit.
        self.hottest_c = 150.0

    @property
    def f(self) -> np.void:
        """The facility's record of state."""
        return self.state.facility[0]

    @property
    def p(self) -> np.void:
        """The facility's record of parameters."""
        return self.params.facility[0]

    @property
    def air(self) -> np.void:
        """The air side of the step just solved."""
        return self.state.solution[0]

    @property
    def water(self) -> np.void:
        """The water side of the step just solved."""
        return self.state.plant[0]

    @property
    def loop(self) -> np.void:
        """What the chilled-water system remembers."""
        return self.state.water[0]

    @property
    def ledger(self) -> np.void:
        """Boundary fluxes of the step just solved."""
        return self.state.ledger[0]

    def step(self, weather: np.void, load: float, dt_s: float) -> None:
        """One step."""
        advance(self.state, self.params, weather, self.setpoints[0], load, dt_s)

    def rows(self, weather: NDArray[np.void], load: Any, dt_s: float) -> NDArray[np.void]:
        """Many steps in one call, unaudited; what they recorded."""
        steps = len(weather)
        rows = np.zeros(steps, STEP_OUT)
        hours = np.zeros((int(steps * dt_s // HOUR_S) + 2, len(self.state.racks), 5), np.float32)
        self.state.facility["hours"] = 0
        loads = np.broadcast_to(np.asarray(load, np.float64), (steps,)).copy()
        advance_block(
            self.state, self.params, weather, self.setpoints, loads, _NO_CHANGES, float(dt_s), float(dt_s), rows, hours
        )
        return rows

    def run(self, weather: NDArray[np.void], load: Any, dt_s: float) -> None:
        """Many audited steps."""
        loads = np.broadcast_to(np.asarray(load, np.float64), (len(weather),))
        for record, share in zip(weather, loads, strict=True):
            self.audited_step(record, float(share), dt_s)

    def audited_step(self, weather: np.void, load: float, dt_s: float) -> None:
        """One step, then: books close, stores are what the state says, nothing is negative or not a number."""
        energy, vapour_kg = stored_j(self.state, self.params), self._vapour_kg()
        self.step(weather, load, dt_s)
        self.check_books(energy, vapour_kg, dt_s)
        self.check_signs()

    def _vapour_kg(self) -> float:
        return float(self.p["room_air_kg"] * self.f["room_w"])

    def check_books(self, energy_before: dict[str, float], vapour_before_kg: float, dt_s: float) -> None:
        """Energy, moist air and tower water of the step just made."""
        g = self.ledger
        inward, outward, stored = closure_w(g)
        scale_w = max(abs(inward), abs(outward), float(self.p["it_rated_w"]))
        self.worst_energy = max(self.worst_energy, abs(inward - outward - stored) / scale_w)
        assert self.worst_energy <= PROMISE, f"energy open by {self.worst_energy:.2e} at {self.f['time_s']} s"
        after = stored_j(self.state, self.params)
        for name, value_j in after.items():
            rate_w = (value_j - energy_before[name]) / dt_s
            slack_w = PROMISE * scale_w + 1e-14 * abs(value_j) / dt_s
            assert abs(rate_w - g[name]) <= slack_w, f"{name}: ledger {g[name]}, state {rate_w}"
        assert_equal_flow(g["it_electric_w"], self.state.racks["power_w"].sum())
        assert_equal_flow(g["crah_fan_electric_w"], sum(
            units["fan_w"].sum() for units in (self.state.crahs, self.state.iecs, self.state.dxs)))
        assert_equal_flow(g["chiller_electric_w"], self.state.chillers["power_w"].sum())
        if self.p["iec"] == 1:
            self.check_iec()
        if self.p["dx"] == 1:
            self.check_dx()
        check_water(self.state, self.params, 1e-9 * float(self.p["it_rated_w"]))
        vapour, towers = vapour_closure_kg_s(g)
        through = max(g["vapour_in_kg_s"] + g["humidifier_kg_s"] + g["makeup_kg_s"], 1e-2)
        self.worst_water = max(self.worst_water, abs(vapour) / through, abs(towers) / through)
        assert self.worst_water <= PROMISE, f"water open by {self.worst_water:.2e} at {self.f['time_s']} s"
        rate = (self._vapour_kg() - vapour_before_kg) / dt_s
        assert abs(rate - g["stored_vapour_kg_s"]) <= PROMISE * through

    def check_dx(self) -> None:
        """Direct-expansion units: electricity, heat and condensate are what the units say."""
        g, units, x = self.ledger, self.state.dxs, self.air
        assert_equal_flow(g["dx_electric_w"], units["power_w"].sum())
        assert_equal_flow(g["exhaust_out_w"], x["coil_w"] + units["power_w"].sum())
        gap_w = abs(float(units["load_w"].sum()) - float(x["coil_w"] + x["condensate_w"]))
        scale_w = max(float(self.p["it_rated_w"]), float(units["capacity_w"].sum()))
        self.worst_coils = max(self.worst_coils, gap_w / scale_w)
        assert ((units["plr"] >= 0.0) & (units["plr"] <= 1.0)).all()
        assert ((units["run_frac"] >= 0.0) & (units["run_frac"] <= 1.0)).all()
        for name in ("air_kg_s", "fan_w", "load_w", "power_w", "condenser_fan_w"):
            assert (units[name] >= 0.0).all(), name

    def check_iec(self) -> None:
        """Indirect evaporative units: electricity, heat to the outdoors and water are what the units say."""
        g, units, trims = self.ledger, self.state.iecs, self.state.trims
        assert_equal_flow(g["iec_fan_electric_w"], units["secondary_fan_w"].sum())
        assert_equal_flow(g["spray_pump_electric_w"], units["pump_w"].sum())
        assert_equal_flow(g["dx_electric_w"], trims["power_w"].sum())
        assert_equal_flow(g["exhaust_out_w"], self.air["iec_w"] + trims["load_w"].sum() + trims["power_w"].sum())
        outdoor_w, wet_bulb_c = float(self.air["outdoor_w"]), float(self.f["wet_bulb_c"])
        for unit in units:
            damper = float(unit["exhaust_humidity"]) - outdoor_w
            rise_j_kg = enthalpy_j_kg(unit["exhaust_c"], unit["exhaust_humidity"]) - self.air["outdoor_j_kg"]
            rise_j_kg -= damper * CP_WATER * wet_bulb_c  # what evaporates is made up with water
            assert_equal_flow(unit["exchanger_w"], unit["secondary_kg_s"] * rise_j_kg)
            assert_equal_flow(unit["evaporated_kg_s"], unit["secondary_kg_s"] * damper)
        if wet_bulb_c >= 0.0 or not np.isin(units["mode"], (5, 6)).any():  # over ice the law's water is 2 % off
            gap_w = abs(float(units["exchanger_w"].sum()) - float(self.air["iec_w"]))
            scale_w = max(float(self.p["it_rated_w"]), float(self.air["coil_w"]))
            self.worst_plates = max(self.worst_plates, gap_w / scale_w)
        for field in ("evaporated_kg_s", "drift_kg_s", "blowdown_kg_s"):
            assert abs(g[field] - units[field].sum()) <= 1e-12

    def check_signs(self) -> None:
        """Every number finite and within physics; flows, heats and powers that cannot be negative are not."""
        for kind in self.state[: State._fields.index("order")]:
            for name in kind.dtype.names:
                assert np.isfinite(kind[name]).all(), f"{name} is not finite at {self.f['time_s']} s"
        f, x = self.f, self.air
        tiny_w = 1e-9 * float(self.p["it_rated_w"])
        for name in ("supply_kg_s", "it_w", "fan_w", "water_kg_s", "condensate_kg_s", "air_kg_s"):
            assert x[name] >= 0.0, f"air side: {name} = {x[name]} at {f['time_s']} s"
        assert -1e-12 <= x["outdoor_frac"] <= 1.0 + 1e-12
        for name in ("room_w", "supply_w", "return_w"):
            assert 0.0 <= f[name] < 0.2, f"{name} = {f[name]}"
        for name in ("room_c", "supply_c", "return_c", "inlet_max_c"):
            assert -60.0 < f[name] < self.hottest_c, f"{name} = {f[name]} at {f['time_s']} s"
        for name in ("chw_supply_c", "cw_supply_c"):
            hottest_c = float(self.state.water[name].max())
            assert -60.0 < self.state.water[name].min() <= hottest_c < self.hottest_c, f"{name} at {f['time_s']} s"
        if len(self.state.cdus):
            loops_c = self.state.cdus["supply_c"]
            assert -60.0 < loops_c.min() <= loops_c.max() < self.hottest_c, f"coolant {loops_c} at {f['time_s']} s"
        for name in ("speed_frac", "fan_w", "water_kg_s", "valve_frac", "air_kg_s"):
            assert (self.state.crahs[name] >= 0.0).all(), name
        assert (self.state.crahs["valve_frac"] <= 1.0 + 1e-9).all()
        assert (self.state.racks["air_kg_s"] > 0.0).all()
        assert ((self.state.towers["speed_frac"] >= 0.0) & (self.state.towers["speed_frac"] <= 1.0)).all()
        units, trims = self.state.iecs, self.state.trims
        for name in ("air_kg_s", "fan_w", "secondary_kg_s", "secondary_fan_w", "pump_w"):
            assert (units[name] >= 0.0).all(), name
        assert ((units["secondary_frac"] >= 0.0) & (units["secondary_frac"] <= 1.0)).all()
        assert (units["exchanger_w"] >= -tiny_w).all()
        assert (trims["load_w"] >= 0.0).all()
        assert (trims["power_w"] >= 0.0).all()
        assert (trims["load_w"] <= trims["capacity_w"] * (1.0 + 1e-6)).all()
        assert np.isin(units["mode"], (0, 4, 5, 6, 7)).all()


def stored_j(state: State, params: Params) -> dict[str, float]:
    """Heat in every store, J, by the name of its field in the ledger; from temperatures alone."""
    f, p = state.facility[0], params.facility[0]
    racks = state.racks
    rack_j_k = rack_capacity_j_k(params)
    s, w = state.surfaces, params.surfaces
    node_m3 = w["area_m2"] * w["slab_thickness_m"] / s["slab_c"].shape[1]
    node_j_k = node_m3 * w["slab_density_kg_m3"] * w["slab_cp_j_kgk"]
    outer_j_k = np.where(w["adiabatic"] == 1, 0.0, w["area_m2"] * w["outer_capacity_j_m2k"])
    surfaces = (
        (outer_j_k * s["outer_c"]).sum()
        + (w["area_m2"] * w["inner_capacity_j_m2k"] * s["inner_c"]).sum()
        + (np.where(w["adiabatic"] == 1, node_j_k, 0.0) * s["slab_c"].sum(axis=1)).sum()
    )
    return {
        "stored_racks_w": float((rack_j_k * np.where(rack_j_k > 0.0, racks["mass_c"], 0.0)).sum()),
        "stored_room_w": float(p["room_air_kg"] * f["room_j_kg"]),
        "stored_surfaces_w": float(surfaces),
        "stored_chw_w": float((params.water["chw_capacity_j_k"] * state.water["chw_supply_c"]).sum()),
        "stored_cw_w": float((params.water["cw_capacity_j_k"] * state.water["cw_supply_c"]).sum()),
        **stored_liquid_j(state, params),
    }


def rack_capacity_j_k(params: Params) -> NDArray[np.float64]:
    """Heat capacity of every rack, J/K."""
    capacity = np.zeros(len(params.racks))
    for kind in params.kinds:
        racks = slice(kind["first"], kind["stop"])
        capacity[racks] = kind["heat_capacity_j_k"] * params.racks["rated_w"][racks]
    return capacity


def assert_equal_flow(ledger_w: float, units_w: float) -> None:
    """What the ledger books is what the units report."""
    assert abs(ledger_w - units_w) <= 1e-9 * max(abs(ledger_w), 1.0), (ledger_w, units_w)


def copy_state(state: State) -> State:
    """A snapshot that shares nothing with the state."""
    return State(*(array.copy() for array in state))
