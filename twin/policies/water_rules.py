"""Resets of chilled water, condenser water and the facility water of liquid-cooled halls."""

from __future__ import annotations

from dataclasses import dataclass

from twin.policies.air_rules import TOWER_RESERVE_FRAC, TOWER_SPENT_FRAC, VALVE, VALVE_RESTS_FRAC, periods
from twin.policies.contract import Observation
from twin.policies.facts import Facts

__all__ = ["ChilledRule", "CondenserRule", "LiquidRule", "WaterSettings"]

_CHIP, _CDU_VALVE = "liquid.chip_max_c", "liquid.cdu_valve_max_frac"
#: Period, trim, and step for each request of the plant reset, over its whole range. Source: in the manner
#: of the plant resets of ASHRAE Guideline 36.
_PLANT_PERIOD_S, _PLANT_TRIM, _PLANT_RESPOND = 300.0, 0.02, 0.03
#: A valve asks for more from this opening until it is below ``VALVE_RESTS_FRAC``; trimming stops there too, so that
#: a step of load finds something left to open. Source: assumed: wider than the 95 and 85 % of ASHRAE Guideline 36,
#: whose valves belong to single zones.
_VALVE_ASKS_FRAC = 0.9
#: With chillers behind a working economiser trimming stops here. Source: assumed: half the distance from asking to
#: resting again, so that warmer water does not take the chillers off at the load that called them.
_VALVE_LETS_GO_FRAC = 0.7
#: Water this much colder than comes calls the chillers, K. Source: assumed: more than the dead band of economisers
#: (1.1 K in Modelica Buildings' ``CoolingMode``).
_CALL_K = 2.0
#: While the economiser carries the hall alone its water is moved by this much or not at all, K. Source: assumed: fewer
#: and larger moves; towers answer a move of any size with a stroke, since it changes what both loops store.
_FREE_STEP_K = 0.5
#: Supply air this much above its setpoint is two requests; or lost, and gets the design at once, K. Source: assumed.
_WARM_K, _LOST_K = 0.5, 1.0
#: Outdoor air above this share of the supply carries load that a lockout would drop on the coils. Source: assumed.
_OUTDOOR_FRAC = 0.05
#: Chilled water is never asked for closer to the supply air than this, K. Source: assumed: no coil has less.
_COIL_K = 1.0
#: Bounds and largest change in one period of the condenser approach, K. Source: assumed.
_APPROACH_MIN_K, _APPROACH_MAX_K, _APPROACH_STEP_K = 2.0, 15.0, 0.5
#: The approach is moved when it is off by this, K. Source: docs/condenser_reset.py: the optimum is flat.
_APPROACH_BAND_K = 0.5
#: A chip this far above its target asks as loudly as it can; one this close below it lets the water stay, K. Source:
#: assumed; the second is wider than what a step of the water moves chips by.
_CHIP_LOUD_K, _CHIP_BAND_K = 3.0, 1.0
#: A distribution unit asks for colder water from the first opening until below the second: pumps draw by the cube of
#: what valves let through, so that the last third of a valve costs more than warmer water spares. Source: assumed.
_CDU_ASKS_FRAC, _CDU_RESTS_FRAC = 0.7, 0.6


@dataclass(frozen=True)
class WaterSettings:
    """Numbers of the water rules.

    Attributes
    ----------
    period_s : float
        Period of trim and respond of condenser and facility water, s.
    chilled_min_c : float or None
        Lowest chilled-water setpoint, °C; None: the scenario's.
    chilled_max_c : float
        Highest chilled-water setpoint, °C.
    pump_dp_min_frac : float
        Least differential pressure of the pumps, over the design setpoint.
    condenser_base_k, condenser_plr_k, condenser_wet_bulb_frac : float
        Coefficients of the condenser approach: K, K per unit of part load, K per K of wet bulb.
    trim_k, respond_k : float
        Steps of the facility water, K.
    chip_target_c : float
        Hottest chip wanted below this, °C.
    facility_max_c : float
        Highest facility-water setpoint, °C.
    """

    period_s: float
    chilled_min_c: float | None
    chilled_max_c: float
    pump_dp_min_frac: float
    condenser_base_k: float
    condenser_plr_k: float
    condenser_wet_bulb_frac: float
    trim_k: float
    respond_k: float
    chip_target_c: float
    facility_max_c: float


class ChilledRule:
    """Part 3: one reset of two halves, driven by the widest valve, or by the towers while no compressor runs.

    A reset of 0 … 0.5 moves the pumps' pressure from its least to the design value with the warmest water; 0.5 … 1
    moves the water from the warmest to the coldest. It begins at 1, the design, and waits there while no water is
    needed or outdoor air carries part of the load: its lockout comes without notice. It is there at once when open
    valves lose the supply air.

    While the economiser carries the hall alone, towers with a reserve make colder water, and towers at their end are
    asked for what comes: a setpoint below it would cool nothing and wind up until chillers start. When a valve asks
    all the same they are called on purpose. While they work behind the economiser the water is warmed later than
    otherwise, so that the same load does not send them off again.

    Parameters
    ----------
    settings : WaterSettings
    facts : Facts

    References
    ----------
    Modelica Buildings, ``Applications.BaseClasses`` chiller plant with trim and respond (both halves).
    Åström, K. J. and Hägglund, T. (2006), Advanced PID Control, ISA, section 3.5 (tracking against wind-up).
    """

    def __init__(self, settings: WaterSettings, facts: Facts) -> None:
        self.settings, self.facts = settings, facts
        self.reset()

    def reset(self) -> None:
        """Begin at the design."""
        self.reset_frac, self.valve_asks = 1.0, False
        self.water_c = self._low_c()

    def decide(self, observation: Observation, elapsed_s: float, supply_c: float) -> dict[str, float]:
        """Setpoints of chilled water and its pumps; none without chilled water.

        Parameters
        ----------
        observation : Observation
        elapsed_s : float
            Since the last decision, s.
        supply_c : float
            Setpoint of the supply air, °C.

        Returns
        -------
        dict
            Setpoint → value.
        """
        if self.facts.cooling != "water" or VALVE not in observation:
            return {}
        s = self.settings
        outdoors = observation["hall.outdoor_air_frac"] > _OUTDOOR_FRAC
        if outdoors or observation["plant.chilled_kg_s"] <= 0.0:  # whoever may be called must be ready
            self.reset()
            return {"pump_dp_frac": 1.0, "chilled_water_c": self._low_c()}
        valve_frac = observation[VALVE]
        self.valve_asks = valve_frac > _VALVE_ASKS_FRAC or (self.valve_asks and valve_frac > VALVE_RESTS_FRAC)
        warm_k = observation["hall.supply_c"] - supply_c
        low_c = self._low_c()
        high_c = max(min(s.chilled_max_c, supply_c - _COIL_K), low_c)
        tower_frac = observation["plant.tower_speed_frac"]
        free = observation["plant.chiller_kw"] <= 0.0 and tower_frac > 0.0
        if free and tower_frac >= TOWER_SPENT_FRAC:
            self._take_what_comes(observation["plant.chilled_supply_c"], valve_frac, warm_k, (low_c, high_c))
        else:
            change = self._change(observation, warm_k, free)
            self.reset_frac += change * periods(elapsed_s, _PLANT_PERIOD_S)
            self.reset_frac = min(max(self.reset_frac, 0.0), 1.0)
        if self.valve_asks and warm_k > _LOST_K:  # a shut valve does not want colder water
            self.reset_frac = 1.0
        pressure, warmth = min(2.0 * self.reset_frac, 1.0), min(2.0 * (1.0 - self.reset_frac), 1.0)
        wanted_c = low_c + warmth * (high_c - low_c)
        step_k = _FREE_STEP_K if free else 0.0
        if abs(wanted_c - self.water_c) >= step_k or self.reset_frac >= 1.0 or self.water_c > high_c:
            self.water_c = wanted_c
        pump_dp_frac = s.pump_dp_min_frac + pressure * (1.0 - s.pump_dp_min_frac)
        return {"pump_dp_frac": pump_dp_frac, "chilled_water_c": self.water_c}

    def _change(self, observation: Observation, warm_k: float, free: bool) -> float:
        """Share of the reset in one period: colder, warmer, or neither."""
        if self.valve_asks:
            return _PLANT_RESPOND if warm_k <= _WARM_K else 2.0 * _PLANT_RESPOND
        if free:
            return _PLANT_TRIM if observation["plant.tower_speed_frac"] < TOWER_RESERVE_FRAC else 0.0
        rests_frac = _VALVE_LETS_GO_FRAC if observation["plant.economiser_kw"] > 0.0 else VALVE_RESTS_FRAC
        return -_PLANT_TRIM if observation[VALVE] <= rests_frac else 0.0

    def _take_what_comes(
        self, came_c: float, valve_frac: float, warm_k: float, bounds_c: tuple[float, float]
    ) -> None:
        """Set the reset to the water that towers at their end make, or below it: that calls the chillers."""
        goal_c = came_c
        if valve_frac > _VALVE_ASKS_FRAC or warm_k > _WARM_K:
            goal_c -= _CALL_K
        elif came_c < self.water_c:
            return
        low_c, high_c = bounds_c
        warmth = (goal_c - low_c) / max(high_c - low_c, 1e-9)
        self.reset_frac = 1.0 - 0.5 * min(max(warmth, 0.0), 1.0)

    def _low_c(self) -> float:
        """The coldest water: the scenario's, if nothing else is said."""
        if self.settings.chilled_min_c is not None:
            return self.settings.chilled_min_c
        return self.facts.start.get("chilled_water_c", self.settings.chilled_max_c)

    def snapshot(self) -> tuple[float, bool, float]:
        """The reset, whether a valve is asking, and the water asked for."""
        return (self.reset_frac, self.valve_asks, self.water_c)

    def restore(self, saved: tuple[float, bool, float]) -> None:
        """Go on from a snapshot.

        Parameters
        ----------
        saved : tuple
        """
        self.reset_frac, self.valve_asks, self.water_c = saved


class CondenserRule:
    """Part 4: the approach of the condenser water to the wet bulb at which chillers and towers together draw least.

    ``approach = base + plr_k part load + wet_bulb_frac wet bulb``, moved slowly; only while chillers run on tower
    water. The plant keeps the setpoint within its bounds.

    Parameters
    ----------
    settings : WaterSettings
    facts : Facts
    """

    def __init__(self, settings: WaterSettings, facts: Facts) -> None:
        self.settings, self.facts = settings, facts
        self.reset()

    def reset(self) -> None:
        """Begin at the scenario's approach."""
        self.approach_k = self.facts.start.get("condenser_approach_k", 4.0)

    def decide(self, observation: Observation, elapsed_s: float) -> dict[str, float]:
        """The condenser approach; none while no chiller runs on water.

        Parameters
        ----------
        observation : Observation
        elapsed_s : float
            Since the last decision, s.

        Returns
        -------
        dict
            Setpoint → value.
        """
        if self.facts.cooling != "water" or observation["plant.condenser_kg_s"] <= 0.0:
            return {}
        plr = observation["plant.chiller_plr"]
        if plr <= 0.0:
            return {}
        s, wet_bulb_c = self.settings, observation["weather.wet_bulb_c"]
        goal_k = s.condenser_base_k + s.condenser_plr_k * plr + s.condenser_wet_bulb_frac * wet_bulb_c
        goal_k = min(max(goal_k, _APPROACH_MIN_K), _APPROACH_MAX_K)
        most_k = _APPROACH_STEP_K * periods(elapsed_s, s.period_s)
        if abs(goal_k - self.approach_k) >= _APPROACH_BAND_K:
            self.approach_k += min(max(goal_k - self.approach_k, -most_k), most_k)
        return {"condenser_approach_k": self.approach_k}

    def snapshot(self) -> float:
        """The present approach."""
        return self.approach_k

    def restore(self, saved: float) -> None:
        """Go on from a snapshot.

        Parameters
        ----------
        saved : float
        """
        self.approach_k = saved


class LiquidRule:
    """Facility water of liquid-cooled halls: as warm as chips and coolant distribution units allow.

    Up by ``trim_k`` while the hottest chip is a kelvin or more below its target and all valves of distribution units
    rest; down by ``respond_k`` a kelvin of excess (three at most), or once for a valve that asks; between the two the
    water stays. Without the channels (or where they read 0: nothing is liquid-cooled) it asks for nothing.

    Parameters
    ----------
    settings : WaterSettings
    facts : Facts
    """

    def __init__(self, settings: WaterSettings, facts: Facts) -> None:
        self.settings, self.facts = settings, facts
        self.reset()

    def reset(self) -> None:
        """Begin at the scenario's facility water."""
        self.facility_c = self.facts.start.get("facility_water_c", 32.0)
        self.valve_asks = False

    def decide(self, observation: Observation, elapsed_s: float) -> dict[str, float]:
        """The facility water; none without liquid cooling.

        Parameters
        ----------
        observation : Observation
        elapsed_s : float
            Since the last decision, s.

        Returns
        -------
        dict
            Setpoint → value.
        """
        if _CHIP not in observation or not observation[_CHIP] > 0.0:
            return {}
        s = self.settings
        valve_frac = observation.get(_CDU_VALVE, 0.0)
        self.valve_asks = valve_frac > _CDU_ASKS_FRAC or (self.valve_asks and valve_frac > _CDU_RESTS_FRAC)
        excess_k = observation[_CHIP] - s.chip_target_c
        change_k = 0.0
        if excess_k > 0.0:
            change_k = -s.respond_k * min(excess_k, _CHIP_LOUD_K)
        elif self.valve_asks:
            change_k = -s.respond_k
        elif excess_k < -_CHIP_BAND_K and valve_frac <= _CDU_RESTS_FRAC:
            change_k = s.trim_k
        low_c = min(self.facts.start.get("facility_water_c", 32.0), s.facility_max_c)
        moved_c = self.facility_c + change_k * periods(elapsed_s, s.period_s)
        self.facility_c = min(max(moved_c, low_c), s.facility_max_c)
        return {"facility_water_c": self.facility_c}

    def snapshot(self) -> tuple[float, bool]:
        """The present setpoint, and whether a valve is asking."""
        return (self.facility_c, self.valve_asks)

    def restore(self, saved: tuple[float, bool]) -> None:
        """Go on from a snapshot.

        Parameters
        ----------
        saved : tuple
        """
        self.facility_c, self.valve_asks = saved
