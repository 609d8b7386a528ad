"""Wrong scenarios of halls with direct-expansion units: what is laid over the hall, and what the message must say."""

BASE_DX = 'extends = "air-economiser-dx"\n'

_FLAT = "capft = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0]\neirft = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0]"

_OWN = f"[hall.dx.own.curves]\n{_FLAT}"

#: name: (TOML laid over the base, what the message must contain)
WRONG_DX = {
    "both kinds of units": ("[hall.crah.n]\nair_m3_s = 5.0", ["hall", "dx and crah or iec", "leave one out"]),
    "chillers that serve nothing": (
        '[plant.chiller.main]\npart = "constant-second-law"',
        ["plant.chiller", "serves nothing", "hall.dx", "leave it out"],
    ),
    "a water-side economiser": (
        "[plant.water_economiser]\neffectiveness = 0.8", ["plant.water_economiser", "serves nothing", "hall.dx"],
    ),
    "unknown part": (
        '[hall.dx.crac]\npart = "energyplus-curve-j"',
        ["hall.dx.crac.part", "did you mean 'energyplus-curve-i'", "twin parts dx"],
    ),
    "a trim for a coil": ('[hall.dx.crac]\npart = "constant-second-law-dx"', ["hall.dx.crac.part", "no such DX coil"]),
    "part and curves": (
        "[hall.dx.crac.curves]\ncapft = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0]\neirft = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0]",
        ["hall.dx.crac", "either part", "curves"],
    ),
    "curves without a rating": (
        f"[hall.dx.own]\nair_m3_s = 5.0\n[hall.dx.own.curves]\n{_FLAT}",
        ["hall.dx.own", "rated_kw is missing"],
    ),
    "curves that miss their rating": (
        "[hall.dx.own]\nair_m3_s = 5.0\nrated_kw = 50.0\ncop = 3.0\nshr_frac = 0.8\n" + _OWN + "\nplf = [0.5, 0.2]",
        ["hall.dx.own.curves", "plf gives 0.7 at 1", "0.9 … 1.1"],
    ),
    "a cycling fan without a thermostat": (
        '[hall.dx.crac]\nfan = "cycling"', ["hall.dx.crac", "fan = 'cycling' needs control = 'return_air'"],
    ),
    "an inverter with a cycling fan": (
        '[hall.dx.crac]\nfan = "cycling"\ncontrol = "return_air"\n[hall.fan]\nmode = "fixed"',
        ["hall.dx.crac", "fan = 'cycling' needs compressor = 'cycling'"],
    ),
    "two controls in a hall": (
        '[hall.dx.b]\npart = "energyplus-curve-i"\nair_m3_s = 5.0\ncontrol = "return_air"',
        ["hall.dx.*.control", "must be the same"],
    ),
    "two loops on the return air": (
        '[hall.dx.crac]\ncontrol = "return_air"\n[hall.fan]\nmode = "return_temperature"',
        ['hall.fan.mode = "return_temperature"', "'fixed' or 'demand'", "compressors hold the return air"],
    ),
    "a supply setpoint that nothing holds": (
        '[hall.dx.crac]\ncontrol = "return_air"\nsupply_air_temp_c = 20.0',
        ["hall.dx.crac.supply_air_temp_c", "does nothing"],
    ),
    "a thermostat that nothing holds": (
        f"[hall.thermostat]\nweekday_c = {[30.0] * 24}",
        ["hall.thermostat", "does nothing", "hall.fan.mode = 'demand'"],
    ),
    "a thermostat of 23 hours": (
        f"[hall.thermostat]\nweekday_c = {[30.0] * 23}", ["hall.thermostat.weekday_c", "24"],
    ),
    "rated in fog": ("[hall.dx.crac]\nrated_wet_bulb_c = 27.0", ["hall.dx.crac", "rated_wet_bulb_c = 27", "below"]),
    "unknown lockout": (
        '[plant.air_economiser]\nlockout = "drybulb"', ["plant.air_economiser.lockout", "drybulb", "'dry_bulb'"],
    ),
    "no dew point left": (
        "[plant.air_economiser]\nmin_dew_point_c = 14.0",
        ["plant.air_economiser", "leave no dew point", "max_dew_point_c = 15"],
    ),
    "a perfect pad": (
        "[plant.air_economiser.pad]\neffectiveness_frac = 1.0",
        ["plant.air_economiser.pad.effectiveness_frac = 1.0", "0.98"],
    ),
    "gains in percent": (f"[hall.gains]\nweekday = {[100.0] + [1.0] * 23}", ["hall.gains.weekday.1 = 100", "0 … 1"]),
    "steady air without air": ('[site]\nweather = "steady"', ["site", "steady is missing"]),
    "two humidities": (
        '[site]\nweather = "steady"\n[site.steady]\ndry_bulb_c = 20.0\nrh_frac = 0.5\ndew_point_c = 5.0',
        ["site.steady", "give one of", "not 2"],
    ),
    "wet bulb above dry bulb": (
        '[site]\nweather = "steady"\n[site.steady]\ndry_bulb_c = 20.0\nwet_bulb_c = 21.0',
        ["site.steady", "wet_bulb_c = 21", "must not be above"],
    ),
    "a fan half on": (f"[hall.fan]\nweekday_on = {[2] + [1] * 23}", ["hall.fan.weekday_on.1 = 2", "0 … 1"]),
}
