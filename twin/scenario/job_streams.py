"""[workload.jobs.stream.*]: kinds of work, and what is usual of each."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any, Literal

from pydantic import model_validator

from twin.scenario.base import Frac, NonNegative, Part, Positive, key

__all__ = ["KINDS", "Stream", "StreamLaw", "Usual"]

_BY_KIND = "by kind: docs/physics/jobs.md"
#: Below this σ a log-normal varies less than an exponential, and no mixture of exponentials has its variance.
HYPEREXPONENTIAL_SIGMA = 0.8326


@dataclass(frozen=True)
class StreamLaw:
    """A generated stream with every number said: what the user gave, and the kind's usual value for the rest.

    Attributes
    ----------
    per_day : float
        Mean arrivals [1/d].
    daily_amplitude_frac, peak_hour, weekend_frac : float
        Shape of the arrival rate over the day [-, h] and on Saturday and Sunday relative to weekdays.
    arrival_cv : float
        Standard deviation over mean of the times between arrivals, apart from daily shape and bursts; 1 is Poisson.
    burst_factor, burst_share_frac, burst_mean_h : float
        Arrival rate in a burst relative to normal, share of time in bursts, their mean length [h].
    size_law : {'lognormal', 'log_uniform', 'powers_of_two'}
        Law of the servers of a job.
    size_median_servers, size_sigma : float
        Of the log-normal law.
    size_min_servers, size_max_servers : int
        Smallest and largest job of the other two.
    duration_law : {'lognormal', 'hyperexponential'}
        Law of durations; the second has the mean and the variance of the first.
    duration_median_h, duration_sigma : float
        Median [h] and shape of the log-normal.
    server_util_frac : float
        Utilisation of a server that runs a job.
    slack_h : float
        How long a job may be made to wait on purpose [h].
    """

    per_day: float
    daily_amplitude_frac: float
    peak_hour: float
    weekend_frac: float
    arrival_cv: float
    burst_factor: float
    burst_share_frac: float
    burst_mean_h: float
    size_law: str
    size_median_servers: float
    size_sigma: float
    size_min_servers: int
    size_max_servers: int
    duration_law: str
    duration_median_h: float
    duration_sigma: float
    server_util_frac: float
    slack_h: float

    @property
    def busy_servers(self) -> float:
        """Servers that the stream keeps busy in the long run, if it never waits and no job is cut."""
        low, high = self.size_min_servers, self.size_max_servers
        if self.size_law == "lognormal":
            size = max(self.size_median_servers * math.exp(0.5 * self.size_sigma**2), 1.0)
        elif self.size_law == "powers_of_two":
            sizes = [1 << k for k in range((low - 1).bit_length(), high.bit_length())]
            size = sum(sizes) / len(sizes)
        else:  # the mean of the continuous law, less half a server for rounding down
            size = max((high + 1 - low) / math.log((high + 1) / low) - 0.5, float(low))
        return self.per_day / 24.0 * size * self.duration_median_h * math.exp(0.5 * self.duration_sigma**2)


@dataclass(frozen=True)
class Usual:
    """A usual value of a kind of work, and who says so.

    Attributes
    ----------
    value : float, int or str
        In the unit of the key.
    source : str
        Where it comes from; begins with "assumed" if it is nobody's number.
    """

    value: float | int | str
    source: str


_CLUSTERS = "hourly utilisation in Google and Alibaba cluster traces: sines of amplitude 0.19 … 0.46"
_DURATIONS = "published job traces: σ 1.5 … 2"
_SIZES = "log-uniform: Downey (1997), Feitelson (1996)"
_AZURE = "Azure LLM inference trace 2023, conversation (code: 13.2)"
_LLM = "Azure LLM inference trace 2023, conversation: median 129 and 99th percentile 601 tokens"
_ALIBABA = "Alibaba GPU trace 2023: median 616 s and 95th percentile 18,064 s"
_A = "assumed"

#: What is usual of each kind of work, key by key.
KINDS: dict[str, dict[str, Usual]] = {
    "interactive": {
        "daily_amplitude_frac": Usual(0.35, _CLUSTERS), "peak_hour": Usual(14.0, _A), "weekend_frac": Usual(0.7, _A),
        "arrival_cv": Usual(1.0, "Poisson"), "burst_factor": Usual(1.0, "none"),
        "burst_share_frac": Usual(0.0, "none"), "burst_mean_h": Usual(1.0, "none"),
        "size_law": Usual("log_uniform", "one server"), "size_min_servers": Usual(1, "one server"),
        "size_max_servers": Usual(1, "one server"),
        "duration_law": Usual("lognormal", _DURATIONS), "duration_median_h": Usual(0.1, _A),
        "duration_sigma": Usual(1.5, _DURATIONS),
        "server_util_frac": Usual(0.5, "means of Google and Alibaba cluster traces: 0.32 … 0.68"),
        "slack_h": Usual(0.0, "users wait"),
    },
    "batch": {
        "daily_amplitude_frac": Usual(0.3, _A), "peak_hour": Usual(14.0, _A), "weekend_frac": Usual(0.7, _A),
        "arrival_cv": Usual(1.0, "Poisson within and outside bursts"), "burst_factor": Usual(4.0, _A),
        "burst_share_frac": Usual(0.1, _A), "burst_mean_h": Usual(1.0, _A),
        "size_law": Usual("log_uniform", _SIZES), "size_min_servers": Usual(1, _SIZES),
        "size_max_servers": Usual(32, _A),
        "duration_law": Usual("lognormal", _DURATIONS), "duration_median_h": Usual(0.5, _A),
        "duration_sigma": Usual(1.8, _DURATIONS), "server_util_frac": Usual(0.9, _A),
        "slack_h": Usual(6.0, "assumed: literature on deferral has 1 … 24 h"),
    },
    "training": {
        "daily_amplitude_frac": Usual(0.2, _A), "peak_hour": Usual(14.0, _A), "weekend_frac": Usual(0.8, _A),
        "arrival_cv": Usual(1.0, "Poisson"), "burst_factor": Usual(1.0, "none"),
        "burst_share_frac": Usual(0.0, "none"), "burst_mean_h": Usual(1.0, "none"),
        "size_law": Usual("powers_of_two", "gangs of 1, 2, 4 … servers, equally often"),
        "size_min_servers": Usual(1, _A), "size_max_servers": Usual(64, _A),
        "duration_law": Usual("lognormal", _ALIBABA), "duration_median_h": Usual(1.0, _A),
        "duration_sigma": Usual(2.0, f"{_ALIBABA} give 2.05"),
        "server_util_frac": Usual(0.95, "POLCA (2023): training peaks at 97 % of provisioned power"),
        "slack_h": Usual(0.0, "off"),
    },
    "inference": {
        "daily_amplitude_frac": Usual(0.4, _A), "peak_hour": Usual(15.0, _A), "weekend_frac": Usual(0.8, _A),
        "arrival_cv": Usual(1.09, _AZURE), "burst_factor": Usual(1.0, "none"),
        "burst_share_frac": Usual(0.0, "none"), "burst_mean_h": Usual(1.0, "none"),
        "size_law": Usual("log_uniform", "one server"), "size_min_servers": Usual(1, "one server"),
        "size_max_servers": Usual(1, "one server"),
        "duration_law": Usual("lognormal", _LLM),
        "duration_median_h": Usual(0.02, "assumed: a job stands for a group of requests"),
        "duration_sigma": Usual(0.66, _LLM),
        "server_util_frac": Usual(0.65, "assumed: decoding takes 50 … 70 % of rated power, prompts nearly all"),
        "slack_h": Usual(0.0, "users wait"),
    },
}
#: Laws of sizes besides the two that kinds use; a kind says nothing about them.
_LOGNORMAL_SIZES = {"size_median_servers": Usual(4.0, _A), "size_sigma": Usual(0.8, _A)}


class Stream(Part):
    """A generated stream of one kind of work. A key left out has the value that is usual of the kind."""

    kind: Literal["interactive", "batch", "training", "inference"] = key(
        text="kind of work: what is usual of it holds for every key left out"
    )
    per_day: float = key(unit="1/d", text="mean arrivals", gt=0.0, le=1e6)
    daily_amplitude_frac: Frac | None = key(
        None, text="relative amplitude of the daily arrival rate, highest at peak_hour", source=_BY_KIND
    )
    peak_hour: float | None = key(None, unit="h", text="hour of highest arrival rate", source=_BY_KIND, ge=0.0, lt=24.0)
    weekend_frac: NonNegative | None = key(
        None, text="arrival rate on Saturday and Sunday relative to weekdays", source=_BY_KIND, le=5.0
    )
    arrival_cv: float | None = key(
        None,
        text="standard deviation over mean of the times between arrivals (Gamma renewal process); 1 is Poisson",
        source=_BY_KIND,
        ge=0.1,
        le=50.0,
    )
    burst_factor: float | None = key(
        None, text="arrival rate in a burst relative to normal; 1 is none", source=_BY_KIND, ge=1.0, le=100.0
    )
    burst_share_frac: Frac | None = key(None, text="share of time in bursts", source=_BY_KIND, lt=0.9)
    burst_mean_h: Positive | None = key(
        None, unit="h", text="mean length of a burst", source=_BY_KIND, ge=0.02, le=1000.0
    )
    size_law: Literal["lognormal", "log_uniform", "powers_of_two"] | None = key(
        None,
        text="servers of a job: log-normal by median and sigma; or between min and max, log-uniform or powers of two",
        source=_BY_KIND,
    )
    size_median_servers: Positive | None = key(
        None, text="median size in servers (size_law = 'lognormal')", source="assumed: 4", le=1e5
    )
    size_sigma: NonNegative | None = key(
        None, text="log-normal shape of sizes (size_law = 'lognormal')", source="assumed: 0.8", le=4.0
    )
    size_min_servers: int | None = key(
        None, text="smallest job in servers (other size laws)", source=_BY_KIND, ge=1, le=100_000
    )
    size_max_servers: int | None = key(
        None, text="largest job in servers (other size laws)", source=_BY_KIND, ge=1, le=100_000
    )
    duration_law: Literal["lognormal", "hyperexponential"] | None = key(
        None,
        text="durations: log-normal, or two mixed exponentials with the same mean and variance",
        source=_BY_KIND,
    )
    duration_median_h: Positive | None = key(
        None, unit="h", text="median duration at full speed of the log-normal", source=_BY_KIND, le=1000.0
    )
    duration_sigma: NonNegative | None = key(None, text="log-normal shape of durations", source=_BY_KIND, le=4.0)
    server_util_frac: float | None = key(
        None, text="utilisation of a server that runs a job", source=_BY_KIND, gt=0.0, le=1.0
    )
    slack_h: NonNegative | None = key(
        None,
        unit="h",
        text="how long a job may be made to wait on purpose; 0 is not at all",
        source=_BY_KIND,
        le=8760.0,
    )

    @property
    def usual(self) -> dict[str, Usual]:
        """What is usual of the kind, by key; without sizes that do not act."""
        if self.size_law != "lognormal":
            return KINDS[self.kind]
        between = ("size_min_servers", "size_max_servers")
        return {name: usual for name, usual in KINDS[self.kind].items() if name not in between} | _LOGNORMAL_SIZES

    @property
    def law(self) -> StreamLaw:
        """The stream with every number said."""
        usual = _LOGNORMAL_SIZES | KINDS[self.kind]
        said: dict[str, Any] = {}
        for name in (f.name for f in fields(StreamLaw)):
            given = getattr(self, name)
            said[name] = usual[name].value if given is None else given
        return StreamLaw(**said)

    @model_validator(mode="after")
    def _agrees(self) -> Stream:
        law = self.law
        given = {name for name in type(self).model_fields if getattr(self, name) is not None}
        between = {"size_min_servers", "size_max_servers"}
        idle = between if law.size_law == "lognormal" else {"size_median_servers", "size_sigma"}
        if idle & given:
            raise ValueError(f"{min(idle & given)} does not act with size_law = {law.size_law!r}; leave it out")
        low, high = law.size_min_servers, law.size_max_servers
        if low > high:
            raise ValueError(f"size_min_servers = {low} must not be above size_max_servers = {high}")
        if law.size_law == "powers_of_two" and 1 << (high.bit_length() - 1) < low:
            raise ValueError(f"no power of two lies between size_min_servers = {low} and size_max_servers = {high}")
        if law.duration_law == "hyperexponential" and law.duration_sigma < HYPEREXPONENTIAL_SIGMA:
            raise ValueError(
                f"duration_sigma = {law.duration_sigma:g} must be at least {HYPEREXPONENTIAL_SIGMA} with "
                "duration_law = 'hyperexponential': mixed exponentials vary at least as much as one"
            )
        return self
