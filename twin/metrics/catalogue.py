"""Every metric of a summary: label, unit, digits worth showing, and one line of meaning.

Reports and the generated reference read this table; a test holds it against what is computed.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["METRICS", "Metric"]


@dataclass(frozen=True)
class Metric:
    """One entry of ``summary["metrics"]``.

    Attributes
    ----------
    key : str
        Key in the summary.
    label : str
        As shown in a table.
    unit : str
        Unit of the value as shown; fractions are shown in % (``shown_factor`` 100).
    digits : int
        Decimals worth showing.
    meaning : str
        One line.
    shown_factor : float
        Shown value = value * shown_factor.
    """

    key: str
    label: str
    unit: str
    digits: int
    meaning: str
    shown_factor: float = 1.0


def _share(key: str, label: str, digits: int, meaning: str) -> Metric:
    return Metric(key, label, "%", digits, meaning, 100.0)


METRICS: tuple[Metric, ...] = (
    Metric("pue", "PUE", "", 4, "facility energy over IT energy (ISO/IEC 30134-2)"),
    Metric("pue_category", "PUE category", "", 0, "IT energy measured at 1 UPS output, 2 PDU output, 3 IT input"),
    Metric("ppue_cooling", "pPUE, cooling", "", 4, "IT and cooling energy over IT energy"),
    Metric("tue", "TUE", "", 4, "facility energy over compute energy: server fans moved out of IT"),
    Metric("itue", "ITUE", "", 4, "IT energy over compute energy (IT less server fans)"),
    Metric("mlc", "MLC", "", 4, "cooling, fans, pumps, heat rejection over IT (ASHRAE 90.4), at the load run"),
    Metric("cooling_energy_kwh", "Cooling energy", "kWh", 0, "cooling, fans, pumps, heat rejection, humidity control"),
    Metric("chiller_cop", "Chiller COP", "", 2, "evaporator heat over compressor energy, mean of the run"),
    Metric("dx_cop", "DX COP", "", 2, "heat over energy of DX compressors with their condenser fans, mean of the run"),
    Metric("plant_cop", "Plant COP", "", 2, "heat taken from the hall over plant electricity but hall-air fans"),
    _share("liquid_heat_frac", "Heat into coolant", 1, "heat of servers into their coolant over IT energy"),
    _share("door_heat_frac", "Heat into rear doors", 1, "heat taken by rear doors over IT energy"),
    _share("free_heat_frac", "Heat without compressors", 1,
           "economiser, facility-water exchanger, thermosyphon, sky panels and user of heat, over heat of the hall"),
    _share("heat_tower_frac", "Heat to towers", 1, "of all heat that leaves the plant, compressors and pumps included"),
    _share("heat_dry_frac", "Heat to dry coolers", 1, "the same: dry coolers and air-cooled condensers"),
    _share("heat_thermosyphon_frac", "Heat to the thermosyphon", 1, "the same: thermosyphon cooler"),
    _share("heat_panel_frac", "Heat to sky panels", 1, "the same: sky-radiator panels"),
    _share("heat_reuse_frac", "Heat used again", 1, "the same: user outside"),
    Metric("ere", "ERE", "", 4, "facility energy less heat handed to a user, over IT energy (The Green Grid)"),
    _share("erf", "ERF", 2, "heat handed to a user over facility energy (ISO/IEC 30134-6)"),
    Metric("pipe_gain_kwh", "Heat into outdoor pipes", "kWh", 0, "taken up by water in outdoor pipes, net"),
    Metric("duct_gain_kwh", "Heat into outdoor ducts", "kWh", 0, "taken up by air in outdoor ducts, net"),
    Metric("reused_kwh", "Heat handed over", "kWh", 0, "heat that a user outside took"),
    _share("it_load_frac", "IT load", 1, "mean IT power over rated IT power"),
    Metric("wue_l_per_kwh", "WUE, site", "L/kWh", 3, "make-up and humidifier water over IT energy"),
    Metric("cue_kg_per_kwh", "CUE", "kg/kWh", 4, "CO₂ of electricity over IT energy"),
    _share("rci_hi_frac", "RCI high", 2, "100 % if no rack inlet is above the recommended range"),
    _share("rci_lo_frac", "RCI low", 2, "100 % if no rack inlet is below the recommended range"),
    _share("rti_frac", "RTI", 1, "air-handler over server temperature rise: below 100 % by-pass, above recirculation"),
    _share("shi_frac", "SHI", 2, "share of the air's heat picked up before the racks"),
    Metric("x_factor", "x-factor", "", 3, "failure rate relative to steady 20 °C inlets (ASHRAE 2011)"),
    Metric("inlet_max_c", "Hottest inlet", "°C", 2, "highest rack inlet of any step"),
    Metric("inlet_over_recommended_h", "Inlets above recommended", "h", 1, "any rack above the recommended limit"),
    Metric("inlet_over_allowable_h", "Inlets above allowable", "h", 1, "any rack above the allowable limit"),
    Metric("inlet_over_recommended_rack_h", "Racks above recommended", "rack h", 1, "racks above the limit times time"),
    Metric("inlet_rate_exceeded_h", "Inlet changes too fast", "h", 1, "moved more than 5 K in 15 min or 20 K in 1 h"),
    Metric("peak_facility_kw", "Peak demand", "kW", 1, "highest 15-minute mean of the facility"),
    Metric("peak_step_kw", "Peak of any step", "kW", 1, "highest facility power of any physics step"),
    Metric("cost", "Cost", "", 0, "energy, demand and water, in the tariff's currency"),
    Metric("cost_energy", "Cost of energy", "", 0, "energy charge"),
    Metric("cost_demand", "Cost of demand", "", 0, "on each month's highest 15 minutes; part months pay their share"),
    Metric("cost_water", "Cost of water", "", 0, "water and sewage"),
    Metric("carbon_kg", "Carbon", "kg CO₂", 0, "electricity times grid factor"),
    Metric("free_cooling_h", "Free cooling", "h", 1, "time with all heat rejected without chillers"),
    Metric("partial_free_cooling_h", "Partial free cooling", "h", 1, "time with economiser and chillers together"),
    Metric("mechanical_cooling_h", "Full mechanical cooling", "h", 1, "time with chillers alone"),
    Metric("dry_h", "Dry", "h", 1, "time in which evaporative units ran dry"),
    Metric("wet_h", "Wet", "h", 1, "time in which some evaporative unit was sprayed, none with DX"),
    Metric("hybrid_h", "With DX", "h", 1, "time in which some evaporative unit used its DX trim"),
    _share("economiser_heat_frac", "Heat through the water economiser", 1,
           "economiser heat over heat taken from the hall"),
    Metric("curve_outside_box_h", "Curves outside box", "h", 1, "a chiller or DX coil outside its curves' valid range"),
    Metric("tower_outside_box_h", "Tower model outside box", "h", 1, "a tower outside its model's valid range"),
    Metric("shortfall_h", "Cooling short", "h", 1, "time with less cooling than asked for"),
    Metric("shortfall_kwh", "Cooling short", "kWh", 1, "heat the plant could not take up when asked"),
    Metric("throttled_rack_h", "Throttled racks", "rack h", 1, "racks that slowed down times time"),
    Metric("job_wait_mean_h", "Mean wait of jobs", "h", 3, "from arrival to start, of the jobs that started"),
    Metric("job_wait_p95_h", "Wait of jobs, 95 %", "h", 3, "95 % of the jobs that started waited no longer"),
    Metric("jobs_deferred", "Jobs held back", "", 0, "jobs held back on purpose at least once"),
    Metric("jobs_late", "Jobs late", "", 0, "jobs that might wait and started after their latest start"),
    _share("lost_work_frac", "Work lost to throttling", 3, "work not done over work asked for"),
)
