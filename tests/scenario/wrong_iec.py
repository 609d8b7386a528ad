"""Wrong scenarios of evaporative halls: what is laid over the modular hall, and what the message must say about it."""

BASE_IEC = 'extends = "tblock-qingyuan"\n'

_PLATES = "hall.iec.cooling.plates"

#: name: (TOML laid over the base, what the message must contain)
WRONG_IEC = {
    # both kinds of cooling, and the plant that each needs
    "both kinds of units": ("[hall.crah.n]\nair_m3_s = 5.0", ["hall", "crah and iec", "leave one out"]),
    "no units at all": ('[hall]\niec = "none"', ["hall", "[hall.crah.NAME], [hall.iec.NAME] or [hall.dx.NAME]"]),
    "chillers that serve nothing": (
        '[plant.chiller.main]\npart = "constant-second-law"',
        ["plant.chiller", "serves nothing", "hall.iec", "leave it out"],
    ),
    "towers that serve nothing": (
        "[plant.tower.t]\nwater_kg_s = 3.0\nair_m3_s = 2.0\nfan_kw = 1.0", ["plant.tower", "serves nothing"],
    ),
    "pumps that serve nothing": (
        "[plant.chilled_water_pump]\nrated_kw = 1.0\nrated_kg_s = 3.0", ["plant.chilled_water_pump", "serves nothing"],
    ),
    "a water-side economiser": (
        "[plant.water_economiser]\neffectiveness = 0.8", ["plant.water_economiser", "serves nothing"],
    ),
    "an air-side economiser": (
        "[plant.air_economiser]\nmax_dew_point_c = 10.0", ["plant.air_economiser", "serves nothing"],
    ),
    # trim
    "unknown dx part": (
        '[hall.iec.cooling.dx]\npart = "constant-second-lw-dx"',
        ["hall.iec.cooling.dx.part", "did you mean 'constant-second-law-dx'", "twin parts dx"],
    ),
    "a chiller for a trim": (
        '[hall.iec.cooling.dx]\npart = "york-yt-1055"', ["hall.iec.cooling.dx.part", "no such DX compressor"],
    ),
    "a trim that unloads backwards": (
        "[hall.iec.cooling.dx]\nplr_min = 0.5\nplr_unload = 0.3",
        ["hall.iec.cooling.dx.plr_min = 0.5", "plr_unload = 0.3"],
    ),
    "all air past the trim": ("[hall.iec.cooling.dx]\nbypass_frac = 1.0", ["bypass_frac = 1.0", "0 … 0.6"]),
    # plates
    "effectiveness in percent": (
        f"[{_PLATES}]\nwet_effectiveness_frac = 75.0",
        [f"{_PLATES}.wet_effectiveness_frac = 75.0", "75 % is written 0.75"],
    ),
    "plates better than any": (
        f"[{_PLATES}]\ndry_effectiveness_frac = 0.9", [f"{_PLATES}.dry_effectiveness_frac = 0.9", "0.2 … 0.85"],
    ),
    "plates without outdoor air": (
        "[hall.iec.cooling]\nsecondary_air_m3_s = 6.0",
        [f"{_PLATES}.dry_effectiveness_frac = 0.65", "at most 0.47", "raise secondary_air_m3_s"],
    ),
    "hardly any outdoor air": (
        "[hall.iec.cooling]\nsecondary_air_m3_s = 1.0",
        ["secondary_air_m3_s = 1", "between a fifth and five times", "12 m³/s"],
    ),
    "spray that harms": (
        f"[{_PLATES}]\nwet_effectiveness_frac = 0.3", [f"{_PLATES}.wet_effectiveness_frac = 0.3", "less than half"],
    ),
    "rated in fog": (f"[{_PLATES}]\nwet_bulb_c = 35.0", [_PLATES, "wet_bulb_c = 35.0", "below outdoor_c = 35.0"]),
    "rated with cold return air": (
        f"[{_PLATES}]\nreturn_c = 24.5", [_PLATES, "return_c = 24.5", "1 K above wet_bulb_c = 24.0"],
    ),
    # spray, fans, modes
    "water without blowdown": ("[hall.iec.cooling.spray]\ncycles = 1.0", ["spray.cycles = 1.0", "1 excluded"]),
    "spray in frost": ("[hall.iec.cooling.spray]\nfreeze_c = -2.0", ["spray.freeze_c = -2.0", "0 … 15 °C"]),
    "spray that drifts away": ("[hall.iec.cooling.spray]\ndrift_frac = 0.5", ["spray.drift_frac = 0.5", "0 … 0.01"]),
    "rated in a desert": (f"[{_PLATES}]\noutdoor_c = 70.0", [f"{_PLATES}.outdoor_c = 70.0", "0 … 55 °C"]),
    "outdoor fan without power": (
        "[hall.iec.cooling]\nsecondary_curve = [0.0, 0.0, 0.0, 0.5, 0.0]", ["secondary_curve", "0.9 … 1.1"],
    ),
    "outdoor fan makes power": (
        "[hall.iec.cooling]\nsecondary_curve = [-0.5, 0.0, 1.5, 0.0, 0.0]", ["secondary_curve", "negative"],
    ),
    "hall fan without power": ("[hall.iec.cooling]\nfan_curve = [0.0, 0.0, 0.0, 0.5, 0.0]", ["fan_curve", "0.9 … 1.1"]),
    "outdoor fan that stands": (
        "[hall.iec.cooling]\nsecondary_min_frac = 0.0", ["secondary_min_frac = 0.0", "0.02 … 1"],
    ),
    "modes without hysteresis": (
        "[hall.iec.cooling.modes]\nup_k = -1.0\ndown_k = 1.0",
        ["hall.iec.cooling.modes", "up_k + down_k = 0", "above 0"],
    ),
    "unit without sizes": (
        "[hall.iec.extra]\ncount = 2", ["hall.iec.extra.air_m3_s", "hall.iec.extra.secondary_air_m3_s", "m³/s"],
    ),
    "a unit instead of its group": (
        "[hall.iec.cooling-3]\nsupply_air_temp_c = 22.0", ["hall.iec.cooling-3", "'cooling'"],
    ),
    "units as a list": ("[[hall.iec]]\ncount = 3", ["hall.iec", "[hall.iec.NAME]"]),
    "misspelt plates": (f"[{_PLATES[:-1]}]\nreturn_c = 36.0", ["hall.iec.cooling.plate", "did you mean"]),
    # modules, humidity, power
    "no modules": ("[hall]\nmodules = 0", ["hall.modules = 0", "1 … 1000"]),
    "half a module": ("[hall]\nmodules = 2.5", ["hall.modules = 2.5", "whole number"]),
    "a thousand modules": ("[hall]\nmodules = 1000", ["hall.rows", "30000 racks", "20000"]),
    "no rated power": ('[hall]\nmodule_it_kw = "none"', ["it_rated_kw is missing", "module_it_kw"]),
    "dew points crossed": (
        "[hall.humidity]\nmax_dew_point_c = -9.5", ["max_dew_point_c = -9.5", "1 K above min_dew_point_c = -9"],
    ),
    "rectifiers in percent": ("[power.hvdc]\nloss = [1.0, 0.0, 2.0, 0.0]", ["power.hvdc.loss", "not percent"]),
    "more than the mains": ("[power.hvdc]\nmains_frac = 50.0", ["power.hvdc.mains_frac = 50.0", "50 % is written 0.5"]),
    "all from the mains": ("[power.hvdc]\nmains_frac = 1.0", ["power.hvdc.mains_frac = 1.0", "0 … 0.9"]),
    "return colder than supply": ("[hall]\nreturn_air_temp_c = 23.0", ["hall.return_air_temp_c = 23", "24 °C"]),
}
