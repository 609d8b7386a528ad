"""Policies of a user's, good and bad, as ``--policy tests/own_policies.py:Name`` would find them."""

from __future__ import annotations

import gc
import os
import sys
import time
from typing import Any

from twin.policies.contract import Observation, Setpoints

#: They behave until here, s: nine hours into the second day.
BAD_FROM_S = 86400 + 9 * 3600


class Steady:
    """Asks for the same supply air all the time."""

    supply_c = 21.0

    def __init__(self) -> None:
        self.seed = 0

    def reset(self, seed: int, rollout: Any = None) -> None:
        self.seed = seed

    def decide(self, observation: Observation) -> Setpoints:
        if observation.time_s < BAD_FROM_S:
            return Setpoints(supply_air_c=self.supply_c)
        return self.late(observation)

    def late(self, observation: Observation) -> Any:
        return Setpoints(supply_air_c=self.supply_c)

    def snapshot(self) -> Any:
        return self.seed

    def restore(self, saved: Any) -> None:
        self.seed = saved


class Warm(Steady):
    """Lets the hall get hot."""

    supply_c = 32.0


class Wanders(Steady):
    """Changes the working directory of its process."""

    def reset(self, seed: int, rollout: Any = None) -> None:
        super().reset(seed, rollout)
        os.chdir("/")


class Raises(Steady):
    def late(self, observation: Observation) -> Any:
        raise ValueError("no plan")


class NotANumber(Steady):
    def late(self, observation: Observation) -> Any:
        return Setpoints(supply_air_c=float("nan"))


class WrongShape(Steady):
    def late(self, observation: Observation) -> Any:
        return [21.0, 0.5]


class UnknownSetpoint(Steady):
    def late(self, observation: Observation) -> Any:
        return Setpoints(supply_air=21.0)  # type: ignore[call-arg]


class UnknownChannel(Steady):
    def late(self, observation: Observation) -> Any:
        return Setpoints(supply_air_c=observation["hall.rack_inlet_maximum_c"])


class TooSlow(Steady):
    def late(self, observation: Observation) -> Any:
        time.sleep(3.0)
        return Setpoints()


class Endless(Steady):
    def late(self, observation: Observation) -> Any:
        while True:
            time.sleep(0.01)


class Mutates(Steady):
    def late(self, observation: Observation) -> Any:
        observation["hall.rack_inlet_max_c"] = 20.0  # type: ignore[index]
        return Setpoints()


class MutatesInside(Steady):
    def late(self, observation: Observation) -> Any:
        observation._values["hall.rack_inlet_max_c"] = 20.0  # type: ignore[index]
        return Setpoints()


class MovesTime(Steady):
    def late(self, observation: Observation) -> Any:
        observation.time_s += 1
        return Setpoints()


class Peeks(Steady):
    """Looks for the simulation among all objects, and hides that it was refused."""

    def late(self, observation: Observation) -> Any:
        try:
            return Setpoints(supply_air_c=20.0 + len(gc.get_objects()) % 3)
        except Exception:
            return Setpoints(supply_air_c=20.0)


class PeeksBack(Steady):
    """Looks who refers to its observation."""

    def late(self, observation: Observation) -> Any:
        gc.get_referrers(observation)
        return Setpoints()


class LeavesTheProcess(Steady):
    def late(self, observation: Observation) -> Any:
        sys.exit(3)


class EndsTheProcess(Steady):
    """Takes the whole process with it, past every handler."""

    def late(self, observation: Observation) -> Any:
        os._exit(0)


class LooksAround(Steady):
    """Collects what lies on the stack below it; a good policy otherwise."""

    found: tuple[str, ...] = ()

    def late(self, observation: Observation) -> Any:
        frame, names = sys._getframe(), []
        while frame is not None:
            names.append(frame.f_globals.get("__name__", ""))
            frame = frame.f_back  # type: ignore[assignment]
        LooksAround.found = tuple(names)
        return Setpoints()


#: Class → what its sentence says.
BAD = {
    Raises: "ValueError: no plan",
    NotANumber: "supply_air_c = nan must be a finite number",
    WrongShape: "decide() must return Setpoints, not list",
    UnknownSetpoint: "'supply_air', which is no setpoint; did you mean 'supply_air_c'?",
    UnknownChannel: "did you mean the channel 'hall.rack_inlet_max_c'?",
    TooSlow: "took longer than 0.5 s for one call",
    Endless: "took longer than 0.5 s for one call",
    Mutates: "tried to change its observation, which is read only",
    MutatesInside: "tried to change its observation, which is read only",
    MovesTime: "an observation is read only",
    Peeks: "looked for the simulation behind its observation (gc.get_objects)",
    PeeksBack: "looked for the simulation behind its observation (gc.get_referrers)",
    LeavesTheProcess: "ended itself by SystemExit",
}
