"""[hall.server], [hall.rows.*] and [workload]: what computes, and how busy it is."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from twin.scenario.base import Frac, NonNegative, Part, Positive, TempC, key
from twin.scenario.job_streams import Stream, StreamLaw

__all__ = ["ONE_STREAM", "Jobs", "RackRow", "Server", "Workload"]

_G1 = "assumed: typical two-socket server"


class Server(Part):
    """The servers of a rack as one: power, fans, air flow, leakage, throttling. Shares are of the rack's rated power."""

    fan_share_frac: Frac = key(
        0.08, text="server fans at flow fraction 1, share of the rack's server power", source=_G1, lt=0.5
    )
    storage_network_frac: Frac = key(
        0.0, text="storage and network equipment: constant share of the rack's rated power", source="none", lt=0.9
    )
    idle_frac: Frac = key(0.4, text="processor power at no load over full load", source=_G1)
    exponent: float = key(1.0, text="power = idle + (1 - idle) u^exponent", source=_G1, ge=0.2, le=3.0)
    leak_per_k: float = key(
        0.0, unit="1/K", text="rise of processor power per K of inlet temperature", source="off", ge=0.0, le=0.05
    )
    leak_ref_c: TempC = key(20.0, unit="°C", text="inlet temperature at which processor power is as rated", source=_G1)
    air_m3_s_per_kw: float = key(
        0.06, unit="m³/(s kW)", text="air flow at flow fraction 1 per kW of rated power", source=_G1, gt=0.005, le=0.3
    )
    flow_base_frac: float = key(0.3, text="flow fraction at no load", source=_G1, ge=0.0, le=1.5)
    flow_per_util: float = key(0.6, text="flow fraction per utilisation", source=_G1, ge=0.0, le=1.5)
    flow_per_k: float = key(
        0.005, unit="1/K", text="flow fraction per °C of inlet temperature", source=_G1, ge=0.0, le=0.2
    )
    ramp_start_c: TempC = key(
        27.0, unit="°C", text="inlet temperature at which server fans start to speed up", source=_G1
    )
    ramp_end_c: TempC = key(35.0, unit="°C", text="inlet temperature at which the ramp is complete", source=_G1)
    ramp_gain_frac: float = key(0.0, text="flow fraction added over the ramp", source="off", ge=0.0, le=1.5)
    flow_min_frac: float = key(0.2, text="lowest flow fraction", source=_G1, ge=0.01, le=1.0)
    flow_max_frac: float = key(1.2, text="highest flow fraction", source=_G1, ge=0.1, le=2.0)
    heat_capacity_kj_k_per_kw: NonNegative = key(
        10.0,
        unit="kJ/(K kW)",
        text="thermal mass per kW of rated power; 0 is legal",
        source="assumed: about 20 kg of equipment per 250 W at 0.5 kJ/kg K",
        le=500.0,
    )
    effectiveness: float = key(
        0.7,
        text="of the heat exchange between equipment mass and its air",
        source="assumed: VanGilder-type compact model",
        gt=0.0,
        le=1.0,
    )
    throttle_start_c: TempC = key(
        40.0, unit="°C", text="inlet temperature above which processors slow down", source="assumed"
    )
    throttle_end_c: TempC = key(50.0, unit="°C", text="inlet temperature at which they are slowest", source="assumed")
    throttle_min_frac: float = key(0.3, text="slowest speed", source="assumed", gt=0.0, le=1.0)

    @model_validator(mode="after")
    def _ordered(self) -> Server:
        if self.ramp_end_c <= self.ramp_start_c:
            raise ValueError("ramp_end_c must be above ramp_start_c")
        if self.throttle_end_c <= self.throttle_start_c:
            raise ValueError("throttle_end_c must be above throttle_start_c")
        if self.flow_max_frac <= self.flow_min_frac:
            raise ValueError("flow_max_frac must be above flow_min_frac")
        return self


class RackRow(Part):
    """A row of racks. Racks are named ROW-01, ROW-02 …"""

    racks: int = key(text="number of racks in the row", ge=1, le=2000)
    weight: Positive = key(
        1.0, text="rated power of a rack of this row relative to the others", source="equal racks", le=1000.0
    )
    x_m: float = key(
        0.0, unit="m", text="position of the first rack in the plan, east", source="0", ge=-1000.0, le=1000.0
    )
    y_m: float = key(
        0.0, unit="m", text="position of the first rack in the plan, north", source="0", ge=-1000.0, le=1000.0
    )
    along: Literal["x", "y"] = key("x", text="the row runs east (x) or north (y) from its first rack", source="x")
    liquid: bool = key(True, text="with hall.liquid: whether the servers of this row are liquid-cooled", source="all of them")
    pitch_m: Positive = key(0.6, unit="m", text="rack width", source="standard 600 mm rack", le=5.0)


Day = Annotated[list[Frac], Field(min_length=24, max_length=24)]
Hour = Annotated[float, Field(ge=0.0, le=24.0)]


#: Keys of the one stream that is generated when neither a trace nor streams are given.
ONE_STREAM = (
    "per_day", "size_median_servers", "size_sigma", "duration_median_h", "duration_sigma", "daily_amplitude_frac",
    "peak_hour", "weekend_frac", "burst_factor", "burst_share_frac", "burst_mean_h", "server_util_frac",
)


class Jobs(Part):
    """Jobs: one generated stream, several of them ([workload.jobs.stream.NAME]), or a trace.

    The one stream has Poisson arrivals with daily and weekly shape and bursts, log-normal sizes and durations. Its keys,
    per_day … burst_mean_h and server_util_frac (which holds for a trace too), do not act where streams are given.
    """

    engine: Literal["jobs", "fluid"] = key(
        "jobs",
        text="jobs: racks follow every job; fluid: the same jobs, racks are told every 5 min, for many millions of them",
        source="jobs",
    )
    per_day: NonNegative = key(300.0, unit="1/d", text="mean arrivals", source="assumed", le=2e5)
    size_median_servers: Positive = key(8.0, text="median size in servers", source="assumed", le=1e5)
    size_sigma: NonNegative = key(0.8, text="log-normal shape of sizes", source="assumed", le=4.0)
    duration_median_h: Positive = key(1.0, unit="h", text="median duration at full speed", source="assumed", le=1000.0)
    duration_sigma: NonNegative = key(
        1.2, text="log-normal shape of durations", source="published job traces: 1.5 … 2", le=4.0
    )
    daily_amplitude_frac: Frac = key(
        0.4, text="relative amplitude of the daily arrival rate, highest at peak_hour", source="assumed"
    )
    peak_hour: float = key(14.0, unit="h", text="hour of highest arrival rate", source="assumed", ge=0.0, lt=24.0)
    weekend_frac: NonNegative = key(
        0.7, text="arrival rate on Saturday and Sunday relative to weekdays", source="assumed", le=5.0
    )
    burst_factor: float = key(
        1.0, text="arrival rate in a burst relative to normal; 1 is none", source="none", ge=1.0, le=100.0
    )
    burst_share_frac: Frac = key(0.0, text="share of time in bursts", source="none", lt=0.9)
    burst_mean_h: Positive = key(1.0, unit="h", text="mean length of a burst", source="assumed", ge=0.02, le=1000.0)
    servers_per_rack: int = key(20, text="servers in a rack", source="assumed", ge=1, le=1000)
    server_util_frac: float = key(0.9, text="utilisation of a server that runs a job", source="assumed", gt=0.0, le=1.0)
    placement: Literal["packed", "spread", "coolest"] = key(
        "spread",
        text="packed: fill racks in order; spread: emptiest rack first; coolest: coolest inlet first",
        source="assumed",
    )
    trace: str | None = key(
        None,
        text="file of jobs instead of generated ones: CSV (submit_s, servers, duration_s, and latest_start_s if "
        "jobs may wait) or Standard Workload Format (.swf, .swf.gz)",
    )
    cores_per_server: int | None = key(
        None,
        text="processors of an SWF trace in one server; left out: MaxProcs over MaxNodes of its header, or 1",
        ge=1,
        le=100_000,
    )
    trace_start_day: float = key(
        0.0, unit="d", text="days from 1 January 00:00 to the start of an SWF trace", source="0", ge=0.0, le=366.0
    )
    stream: dict[str, Stream] = key(
        text="generated streams of several kinds of work, instead of the one", default_factory=dict
    )
    defer_hours: list[Hour] = key(
        [], unit="h", text="[first, last] hour of the day between which jobs that may wait are held back", source="none"
    )

    @property
    def law(self) -> StreamLaw:
        """The one stream, as streams are described."""
        said = {name: getattr(self, name) for name in ONE_STREAM}
        return StreamLaw(
            **said, arrival_cv=1.0, size_law="lognormal", size_min_servers=1, size_max_servers=1,
            duration_law="lognormal", slack_h=0.0,
        )

    @property
    def trace_is_swf(self) -> bool:
        """Whether the trace is in the Standard Workload Format, by the end of its name."""
        return self.trace is not None and self.trace.lower().endswith((".swf", ".swf.gz"))

    @field_validator("defer_hours")
    @classmethod
    def _window(cls, hours: list[float]) -> list[float]:
        if len(hours) not in (0, 2):
            raise ValueError(f"must be [first, last] or []; {len(hours)} given")
        if hours and hours[0] % 24.0 == hours[1] % 24.0:
            raise ValueError(f"[{hours[0]:g}, {hours[1]:g}] begins and ends at the same hour; write [] to hold nothing")
        return hours

    @model_validator(mode="after")
    def _one_origin(self) -> Jobs:
        if self.stream and self.trace is not None:
            raise ValueError("trace and stream are both given; jobs come from one of them: leave the other out")
        swf = self.trace_is_swf
        if not swf and (self.cores_per_server is not None or self.trace_start_day):
            name = "trace_start_day" if self.cores_per_server is None else "cores_per_server"
            raise ValueError(f"{name} acts only with a trace in Standard Workload Format (.swf, .swf.gz); leave it out")
        may_wait = any(stream.law.slack_h > 0.0 for stream in self.stream.values())
        if self.defer_hours and not may_wait and (swf or self.trace is None):
            raise ValueError(
                "defer_hours is given but no job may wait: give a stream slack_h above 0, or a CSV trace a column "
                "latest_start_s"
            )
        return self


class Workload(Part):
    """How busy the servers are: a schedule or a trace as background, and jobs on top."""

    kind: Literal["schedule", "trace"] = key(
        "schedule", text="where background utilisation comes from", source="schedule"
    )
    weekday: Day = key(
        [0.55] * 24, text="background utilisation by hour of a weekday (hour 1 is 00:00–01:00)", source="assumed"
    )
    weekend: Day = key([0.55] * 24, text="the same for Saturday and Sunday", source="assumed")
    trace: str | None = key(
        None,
        text="CSV with columns time_s, utilisation_frac (kind = 'trace'); held until the next row; must cover the run",
    )
    jobs: Jobs | None = key(None, text="a stream of jobs on top of the background; none if left out")

    @model_validator(mode="after")
    def _trace_named(self) -> Workload:
        if self.kind == "trace" and not self.trace:
            raise ValueError("kind = 'trace' needs the key trace = \"file.csv\"")
        if self.kind == "schedule" and self.trace:
            raise ValueError("trace is given but kind = 'schedule'; set kind = 'trace' or leave trace out")
        return self
