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
    "huge whole number": (f"[hall]\nit_rated_kw = 1{'0' * 400}", ["hall.it_rated_kw", "digits"]),
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
        "[hall.humidity]\nmin_dew_point_c = 20.0\nmax_dew_point_c = 25.0\n[plant]\nsupply_air_temp_c = 19.0",
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
    "stream of an unknown kind": (
        '[workload.jobs.stream.a]\nkind = "trainig"\nper_day = 5.0',
        ["workload.jobs.stream.a.kind", "'inference'", "did you mean 'training'"],
    ),
    "stream without a kind": ("[workload.jobs.stream.a]\nper_day = 5.0", ["workload.jobs.stream.a.kind", "missing"]),
    "stream without arrivals": (
        '[workload.jobs.stream.a]\nkind = "batch"\nper_day = 0.0',
        ["workload.jobs.stream.a.per_day = 0", "0 excluded"],
    ),
    "stream as a list": ('[[workload.jobs.stream]]\nkind = "batch"', ["workload.jobs.stream", "table of named tables"]),
    "stream with a name that is none": (
        '[workload.jobs.stream."a b"]\nkind = "batch"\nper_day = 5.0',
        ["workload.jobs.stream", "letters, digits"],
    ),
    "stream larger than the hall": (
        '[workload.jobs.stream.a]\nkind = "training"\nper_day = 5.0\nsize_min_servers = 4096\nsize_max_servers = 9000',
        ["stream.a.size_min_servers = 4096", "4000 servers"],
    ),
    "sizes the wrong way round": (
        '[workload.jobs.stream.a]\nkind = "batch"\nper_day = 5.0\nsize_min_servers = 64',
        ["stream.a", "size_min_servers = 64", "size_max_servers = 32"],
    ),
    "no power of two between": (
        '[workload.jobs.stream.a]\nkind = "training"\nper_day = 5.0\nsize_min_servers = 9\nsize_max_servers = 15',
        ["stream.a", "no power of two"],
    ),
    "size key of another law": (
        '[workload.jobs.stream.a]\nkind = "batch"\nper_day = 5.0\nsize_sigma = 1.0',
        ["stream.a", "size_sigma does not act", "log_uniform"],
    ),
    "mixed exponentials that vary too little": (
        '[workload.jobs.stream.a]\nkind = "inference"\nper_day = 5.0\nduration_law = "hyperexponential"',
        ["stream.a", "duration_sigma = 0.66", "0.8326"],
    ),
    "streams and a trace": (
        '[workload.jobs]\ntrace = "jobs.csv"\n[workload.jobs.stream.a]\nkind = "batch"\nper_day = 5.0',
        ["workload.jobs", "trace and stream are both given"],
    ),
    "window without length": ("[workload.jobs]\ndefer_hours = [10, 10]", ["defer_hours", "same hour"]),
    "window of a whole day": ("[workload.jobs]\ndefer_hours = [0, 24]", ["defer_hours", "same hour"]),
    "window of one hour mark": ("[workload.jobs]\ndefer_hours = [10]", ["defer_hours", "[first, last]", "1 given"]),
    "window after midnight": ("[workload.jobs]\ndefer_hours = [20, 30]", ["defer_hours.2 = 30", "0 … 24 h"]),
    "window for nobody": ("[workload.jobs]\ndefer_hours = [10, 20]", ["defer_hours", "no job may wait", "slack_h"]),
    "no cores in a server": ("[workload.jobs]\ncores_per_server = 0", ["cores_per_server = 0", "1 … 100000"]),
    "cores without a trace that has them": (
        "[workload.jobs]\ncores_per_server = 4",
        ["cores_per_server acts only", "Standard Workload Format"],
    ),
    "start of a trace that is none": ("[workload.jobs]\ntrace_start_day = 3.0", ["trace_start_day acts only"]),
    "unknown engine of jobs": ('[workload.jobs]\nengine = "fast"', ["workload.jobs.engine", "'fluid'"]),
    "name is a path": ('name = "../../escape"', ["name = ", "folder of results"]),
    "name of a unit": ('[hall.rows."a/b"]\nracks = 1', ["hall.rows", "letters, digits"]),
    "two units of one name": (
        "[hall.crah.north-3]\nair_m3_s = 7.0\n[hall.crah.north-3.coil]\nwater_kg_s = 4.0\nwater_in_c = 16.0",
        ["north-3", "rename"],
    ),
    "too many racks": ("\n".join(f"[hall.rows.x{i}]\nracks = 2000" for i in range(11)), ["hall.rows", "20000"]),
    # events
    "events is no list": ("events = 5", ["events = 5", "[[events]]"]),
    "event without a kind": ('[[events]]\ntarget = "hall.crah"\nat_h = 1.0', ["events.1", "kind is missing", "'trip'"]),
    "event of an unknown kind": (
        '[[events]]\nkind = "tripp"\nat_h = 1.0',
        ["events.1", '"tripp"', "'grid_outage'", "did you mean 'trip'"],
    ),
    "event with an unknown key": (
        '[[events]]\nkind = "trip"\ntarget = "hall.crah"\nat_h = 1.0\nduration = 2.0',
        ["events.1.duration", "did you mean 'events.1.duration_h'"],
    ),
    "trip of an unknown unit": (
        '[[events]]\nkind = "trip"\ntarget = "hall.crah.nroth-1"\nat_h = 1.0',
        ['events.1.target = "hall.crah.nroth-1"', "did you mean 'hall.crah.north-1'"],
    ),
    "trip of a unit that there are fewer of": (
        '[[events]]\nkind = "trip"\ntarget = "plant.chiller.main-3"\nat_h = 1.0',
        ["plant.chiller.main-3", "did you mean 'plant.chiller.main-2'"],
    ),
    "trip of what this hall has not": (
        '[[events]]\nkind = "trip"\ntarget = "hall.iec.cooling-1"\nat_h = 1.0',
        ["hall.iec.cooling-1", "no indirect evaporative units"],
    ),
    "trip without a target": ('[[events]]\nkind = "trip"\nat_h = 1.0', ["events.1.target", "missing"]),
    "trip of a rack": (
        '[[events]]\nkind = "trip"\ntarget = "hall.rows.a"\nat_h = 1.0',
        ["hall.rows.a", "no such unit that can have a trip"],
    ),
    "fouling of a pump": (
        '[[events]]\nkind = "fouling"\ntarget = "plant.chilled_water_pump"\nat_h = 1.0\nremaining_frac = 0.8',
        ["plant.chilled_water_pump", "no such unit that can have a fouling"],
    ),
    "fouling in percent": (
        '[[events]]\nkind = "fouling"\ntarget = "plant.tower"\nat_h = 1.0\nremaining_frac = 80.0',
        ["events.1.remaining_frac = 80", "80 % is written 0.8"],
    ),
    "filter on a tower": (
        '[[events]]\nkind = "filter"\ntarget = "plant.tower.main"\nat_h = 1.0\npressure_factor = 2.0',
        ["plant.tower.main", "no such unit that can have a filter"],
    ),
    "filter cleaner than clean": (
        '[[events]]\nkind = "filter"\ntarget = "hall.crah"\nat_h = 1.0\npressure_factor = 0.5',
        ["events.1.pressure_factor = 0.5", "1 … 10"],
    ),
    "event before the run": (
        '[[events]]\nkind = "trip"\ntarget = "hall.crah"\nat_h = -1.0',
        ["events.1.at_h = -1", "0 … "],
    ),
    "event after the run": (
        '[run]\nduration_days = 2.0\n[[events]]\nkind = "trip"\ntarget = "hall.crah"\nat_h = 48.0',
        ["events.1.at_h = 48", "inside the run, 0 … 48 h"],
    ),
    "event that ends before it begins": (
        '[[events]]\nkind = "trip"\ntarget = "hall.crah"\nat_h = 1.0\nduration_h = -2.0',
        ["events.1.duration_h = -2", "h"],
    ),
    "negative rate": (
        '[[events]]\nkind = "trip"\ntarget = "hall.crah"\nper_year = -1.0\nrepair_mean_h = 4.0',
        ["events.1.per_year = -1", "0 excluded"],
    ),
    "rate without repair": (
        '[[events]]\nkind = "trip"\ntarget = "hall.crah"\nper_year = 1.0',
        ["events.1", "repair_mean_h is missing"],
    ),
    "event without a time": (
        '[[events]]\nkind = "trip"\ntarget = "hall.crah"',
        ["events.1", "at_h or per_year is missing"],
    ),
    "event timed and random": (
        '[[events]]\nkind = "grid_outage"\nat_h = 1.0\nper_year = 1.0\nrepair_mean_h = 1.0',
        ["events.1", "both given"],
    ),
    "unknown sensor": (
        '[[events]]\nkind = "sensor"\ntarget = "hall.suply_c"\nbias = 1.0\nat_h = 1.0',
        ["hall.suply_c", "no such channel", "did you mean 'hall.supply_c'"],
    ),
    "sensor that does nothing": (
        '[[events]]\nkind = "sensor"\ntarget = "hall.supply_c"\nat_h = 1.0',
        ["events.1", "either bias = … or dropout = true"],
    ),
    "unknown setpoint": (
        '[[events]]\nkind = "setpoint"\ntarget = "plant.suply_air_temp_c"\nvalue = 20.0\nat_h = 1.0',
        ["plant.suply_air_temp_c", "did you mean 'plant.supply_air_temp_c'"],
    ),
    "setpoint out of bounds": (
        '[[events]]\nkind = "setpoint"\ntarget = "supply_air_c"\nvalue = 90.0\nat_h = 1.0',
        ["events.1.value = 90", "5 … 35"],
    ),
    "load step of an unknown row": (
        '[[events]]\nkind = "load_step"\ntarget = "hall.rows.zz"\ndelta_frac = 0.1\nat_h = 1.0',
        ["hall.rows.zz", "no such unit that can have a load step"],
    ),
    "load step in percent": (
        '[[events]]\nkind = "load_step"\ndelta_frac = 20.0\nat_h = 1.0',
        ["events.1.delta_frac = 20", "-1 … 1"],
    ),
    "negative generator start": (
        '[[events]]\nkind = "grid_outage"\ngenerator_start_s = -1.0\nat_h = 1.0',
        ["events.1.generator_start_s = -1", "s"],
    ),
    "the same event twice at once": (
        (
            '[[events]]\nkind = "trip"\ntarget = "hall.crah"\nat_h = 1.0\nduration_h = 2.0\n'
            '[[events]]\nkind = "trip"\ntarget = "hall.crah"\nat_h = 2.5'
        ),
        ["events.2", "is the same as events.1"],
    ),
    "one setpoint by two names at once": (
        (
            '[[events]]\nkind = "setpoint"\ntarget = "supply_air_c"\nvalue = 20.0\nat_h = 1.0\n'
            '[[events]]\nkind = "setpoint"\ntarget = "plant.supply_air_temp_c"\nvalue = 21.0\nat_h = 2.0'
        ),
        ["events.2", "is the same as events.1"],
    ),
    "one random event twice": (
        (
            '[[events]]\nkind = "grid_outage"\nper_year = 1.0\nrepair_mean_h = 4.0\n'
            '[[events]]\nkind = "grid_outage"\nper_year = 2.0\nrepair_mean_h = 4.0'
        ),
        ["events.2", "add the rates up"],
    ),
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
    "packed job trace missing": ('[workload.jobs]\ntrace = "week.swf.gz"', ["week.swf.gz", "no such file"]),
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
