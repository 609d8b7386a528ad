"""Wrong scenarios: what is laid over the Greensboro hall, and what the message must say about it."""

BASE = 'extends = "chilled-water-greensboro"\n'

#: name: (TOML laid over the base, what the message must contain)
WRONG = {
    # types
    "text for a number": (
        '[plant]\nchilled_water_temp_c = "cold"',
        ['plant.chilled_water_temp_c = "cold"', "number", "1 … 30 °C"],
    ),
    "number in quotes": ('[hall]\nit_rated_kw = "1000"', ["hall.it_rated_kw", "without quotes", "kW"]),
    "bool for a number": ("[hall]\nit_rated_kw = true", ["hall.it_rated_kw = true", "must be a number"]),
    "number for a bool": ("[hall.fan]\nideal = 1", ["hall.fan.ideal = 1", "true or false"]),
    "number for text": ("[site]\nweather = 5", ["site.weather = 5", "text in quotes"]),
    "list for a number": ("[run]\nseed = [1]", ["run.seed = [1]", "whole number"]),
    "date for a number": ("[hall]\nit_rated_kw = 2024-01-01", ["hall.it_rated_kw", "must be a number"]),
    "number for a table": ("hall = 3", ["hall = 3", "table", "[hall]"]),
    "text for a table of units": ('[hall]\ncrah = "north"', ["hall.crah", "table of named tables", "[hall.crah.NAME]"]),
    "number for a unit": ("[hall.crah]\nnorth = 5", ["hall.crah.north = 5", "table"]),
    "array of tables": ('[[plant.chiller]]\npart = "constant-second-law"', ["plant.chiller", "table of named tables"]),
    "fraction of a step": ("[run]\nstep_s = 60.5", ["run.step_s = 60.5", "whole number"]),
    "whole number with a point": ("[run]\nseed = 2.0", ["run.seed = 2.0", "write 2"]),
    "text in a list": ('[power.pdu]\nloss = [0.0, "x", 0.0, 0.0]', ["power.pdu.loss.2", "number"]),
    # units
    "kelvin": ("[plant]\nsupply_air_temp_c = 293.15", ["5 … 35 °C", "293.15 K are 20 °C"]),
    "percent": ("[hall.air]\nrecirculation_frac = 5.0", ["hall.air.recirculation_frac = 5.0", "5 % is written 0.05"]),
    "watts": ("[hall]\nit_rated_w = 1e6", ["hall.it_rated_w", "did you mean 'hall.it_rated_kw'"]),
    # bounds
    "too warm": (
        "[plant]\nchilled_water_temp_c = 95.0",
        ["plant.chilled_water_temp_c = 95.0", "must lie in 1 … 30 °C"],
    ),
    "zero power": ("[hall]\nit_rated_kw = 0", ["hall.it_rated_kw = 0", "0 excluded"]),
    "negative power": ("[hall]\nit_rated_kw = -5.0", ["hall.it_rated_kw = -5.0", "kW"]),
    "zero racks": ("[hall.rows.a]\nracks = 0", ["hall.rows.a.racks = 0", "1 … 2000"]),
    "negative seed": ("[run]\nseed = -1", ["run.seed = -1", "0 … "]),
    "zero duration": ("[run]\nduration_days = 0.0", ["run.duration_days = 0.0"]),
    "step too long": ("[run]\nstep_s = 3600", ["run.step_s = 3600", "1 … 900 s"]),
    "start after the year": ("[run]\nstart_day = 400.0", ["run.start_day = 400.0", "366"]),
    "short day": ("[workload]\nweekday = [0.5]", ["workload.weekday", "24 numbers", "1 given"]),
    "load above one": (f"[workload]\nweekend = [{', '.join(['1.5'] * 24)}]", ["workload.weekend.1 = 1.5", "0 … 1"]),
    "long name": (f'name = "{"x" * 200}"', ["100 characters", "200 given"]),
    "empty weather": ('[site]\nweather = ""', ["site.weather", "must not be empty"]),
    "five coefficients": ("[hall.crah.north]\nfan_curve = [1.0]", ["hall.crah.north.fan_curve", "5 numbers"]),
    "nan": ("[plant]\nsupply_air_temp_c = nan", ["plant.supply_air_temp_c = nan", "finite", "5 … 35 °C"]),
    "infinity": ("[hall]\nlength_m = inf", ["hall.length_m = inf", "finite"]),
    "nan in a list": ("[power.ups]\nloss = [nan, 0.0, 0.0, 0.0]", ["power.ups.loss.1 = nan", "finite"]),
    "huge whole number": (f"[hall]\nit_rated_kw = 1{'0' * 400}", ["hall.it_rated_kw", "finite"]),
    # unknown keys and words
    "misspelt table": ("[plant.chiler.main]\ncount = 1", ["plant.chiler", "did you mean 'plant.chiller'"]),
    "misspelt key": ("[run]\nseeed = 1", ["run.seeed", "did you mean 'run.seed'"]),
    "key in the wrong table": ("[run]\nchilled_water_temp_c = 12.0", ["did you mean 'plant.chilled_water_temp_c'"]),
    "unknown key": ("[site]\nxyzzy = 1", ["site.xyzzy", "unknown key", "weather"]),
    "unknown section": ('[roof]\ncoating = "white"', ["roof", "unknown key"]),
    "a unit instead of its group": ("[hall.crah.north-1]\nsupply_air_temp_c = 20.0", ["hall.crah.north-1", "'north'"]),
    "unknown policy": ('[policy]\nname = "trim_and_respond"', ["did you mean 'trim_respond'"]),
    "unknown fan mode": ('[hall.fan]\nmode = "magic"', ["hall.fan.mode", "'demand'", "'fixed'"]),
    "unknown weekday": ('[run]\nfirst_weekday = "Monday"', ["run.first_weekday", "did you mean 'monday'"]),
    "unknown chiller part": (
        '[plant.chiller.main]\npart = "constant-second-lw"',
        ["plant.chiller.main.part", "did you mean 'constant-second-law'"],
    ),
    # contradictions
    "step does not divide an hour": ("[run]\nstep_s = 7", ["step_s = 7", "divide an hour"]),
    "control between steps": ("[run]\ncontrol_interval_s = 90", ["control_interval_s = 90", "multiple of step_s = 60"]),
    "half a step": ("[run]\nduration_days = 1.00001", ["duration_days", "whole number of steps"]),
    "start inside an hour": ("[run]\nstart_day = 0.01", ["start_day", "full hour"]),
    "air colder than water": (
        "[plant]\nsupply_air_temp_c = 15.0",
        ["plant", "chilled_water_temp_c = 16.0", "supply_air_temp_c = 15.0"],
    ),
    "one group colder than water": (
        "[hall.crah.north]\nsupply_air_temp_c = 14.0",
        ["hall.crah.north.supply_air_temp_c = 14", "16 °C"],
    ),
    "return colder than supply": ("[hall]\nreturn_air_temp_c = 21.0", ["hall.return_air_temp_c = 21", "22 °C"]),
    "condenser limits crossed": (
        "[plant]\ncondenser_water_min_c = 31.0",
        ["condenser_water_max_c = 30.0", "condenser_water_min_c = 31.0"],
    ),
    "limits crossed": ("[hall.limits]\nallowable_max_c = 25.0", ["hall.limits", "ordered"]),
    "ramp backwards": ("[hall.server]\nramp_end_c = 20.0", ["ramp_end_c", "ramp_start_c"]),
    "throttle backwards": ("[hall.server]\nthrottle_end_c = 30.0", ["throttle_end_c", "throttle_start_c"]),
    "impossible air shares": ("[hall.air]\nrecirculation_frac = 0.9\nrow_end_extra_frac = 0.2", ["hall.air", "0.98"]),
    "coil warms air": (
        "[hall.crah.north.coil]\nair_out_c = 40.0",
        ["hall.crah.north.coil", "air_out_c = 40.0", "air_in_c = 34.0"],
    ),
    "coil beyond its water": (
        "[hall.crah.north.coil]\nwater_in_c = 25.0",
        ["hall.crah.north.coil", "water_in_c = 25.0"],
    ),
    "coil without water": (
        "[hall.crah.north.coil]\nwater_kg_s = 2.0",
        ["hall.crah.north.coil", "impossible", "raise water_kg_s"],
    ),
    "fan without power": (
        "[hall.crah.north]\nfan_curve = [0.0, 0.0, 0.0, 0.5, 0.0]",
        ["fan_curve", "0.5", "0.9 … 1.1"],
    ),
    "fan makes power": ("[hall.crah.north]\nfan_curve = [-0.5, 0.0, 1.5, 0.0, 0.0]", ["fan_curve", "negative"]),
    "loss in percent": ("[power.pdu]\nloss = [1.5, 0.0, 1.5, 0.0]", ["power.pdu.loss", "not percent"]),
    "negative loss": ("[power.ups]\nloss = [-0.1, 0.0, 0.0, 0.0]", ["power.ups.loss", "negative"]),
    "trace without a file": ('[workload]\nkind = "trace"', ["workload", "trace = "]),
    "file without a trace": ('[workload]\ntrace = "x.csv"', ["workload", "kind = 'trace'"]),
    "staging without end": (
        "[plant.staging]\ndown_load_frac = 0.95",
        ["plant.staging.down_load_frac", "up_load_frac = 0.9"],
    ),
    "unloads above its highest load": (
        "[plant.chiller.main]\nplr_unload = 0.8\nplr_max = 0.6",
        ["plant.chiller.main", "plr_max = 0.6"],
    ),
    "fog": (
        "[hall.humidity]\nmin_dew_point_c = 20.0\n[plant]\nsupply_air_temp_c = 19.0",
        ["min_dew_point_c = 20", "fog"],
    ),
    "policy colder than water": (
        '[policy]\nname = "trim_respond"\nsupply_min_c = 15.0',
        ["policy.supply_min_c = 15", "16 °C"],
    ),
    "policy backwards": ("[policy]\nsupply_min_c = 27.0\nsupply_max_c = 20.0", ["policy", "supply_max_c"]),
    "jobs larger than the hall": (
        "[workload.jobs]\nsize_median_servers = 9000.0",
        ["size_median_servers = 9000", "4000 servers"],
    ),
    "name is a path": ('name = "../../escape"', ["name = ", "folder of results"]),
    "name of a unit": ('[hall.rows."a/b"]\nracks = 1', ["hall.rows", "letters, digits"]),
    "two units of one name": (
        "[hall.crah.north-3]\nair_m3_s = 7.0\n[hall.crah.north-3.coil]\nwater_kg_s = 4.0\nwater_in_c = 16.0",
        ["north-3", "rename"],
    ),
    "too many racks": ("\n".join(f"[hall.rows.x{i}]\nracks = 2000" for i in range(11)), ["hall.rows", "20000"]),
    # missing
    "chiller without a part": ("[plant.chiller.extra]\ncount = 1", ["plant.chiller.extra.part", "missing"]),
    "tower without flow": (
        "[plant.tower.extra]\ncount = 1",
        ["plant.tower.extra.water_kg_s", "kg/s", "plant.tower.extra.fan_kw"],
    ),
    "no rows": ('[hall]\nrows = "none"', ["hall.rows", "missing"]),
    "weather file missing": ('[site]\nweather = "nowhere.epw"', ["site.weather", "nowhere.epw", "no such file"]),
    "weather is a folder": ('[site]\nweather = "./"', ["site.weather", "is a folder"]),
    "workload trace missing": (
        '[workload]\nkind = "trace"\ntrace = "load.csv"',
        ["workload.trace", "load.csv", "no such file"],
    ),
    "job trace missing": ('[workload.jobs]\ntrace = "jobs.csv"', ["workload.jobs.trace", "submit_s"]),
    # TOML itself
    "no value": ("[run]\nseed =", ["line 3", "not valid TOML"]),
    "no quotes": ("[site]\nweather = greensboro", ["line 3", "quotes"]),
    "key twice": ("[run]\nseed = 1\nseed = 2", ["line 4", "twice"]),
    "table twice": ("[run]\nseed = 1\n[run]\nstep_s = 60", ["line 4", "twice"]),
    "open bracket": ("[workload]\nweekday = [0.5, 0.5", ["not valid TOML"]),
    "open quote": ('[site]\nweather = "greensboro', ["not valid TOML"]),
    "deep nesting": ("x = " + "[" * 5000 + "]" * 5000, ["nested"]),
    "deep dotted key": ("a." * 200 + "b = 1", ["nested"]),
    "thousands of digits": (f"[run]\nseed = 1{'0' * 5000}", ["smaller number"]),
}
