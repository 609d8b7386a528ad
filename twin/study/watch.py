"""A user's policy under watch: what it sees is its own, what it does wrong is said, and it may not take for ever.

The policy decides in a thread of its own. So a decision can be given up when it takes too long, even if it never
ends, and no frame of the engine stands below it. It sees plain numbers in a table that nothing else refers to. Looking
for the engine through the garbage collector or other threads' frames is refused. What is *not* stopped: a policy that
reads the weather file itself. Years that it cannot know (``--years``) are the answer to that.
"""

from __future__ import annotations

import copy
import difflib
import functools
import queue
import re
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any

from twin.channels import CHANNELS
from twin.errors import SimulationError, TwinError
from twin.policies.check import check_setpoints
from twin.policies.contract import Observation, Policy, Rollout, Setpoints

__all__ = ["DECISION_LIMIT_S", "Watched", "frozen"]

#: Longest time for one decision, wall clock, s. Source: assumed: a plan on a copy of the twin takes under a second.
DECISION_LIMIT_S = 5.0
#: After so many failures a guarded policy is not asked again in this run. Source: assumed.
_MOST_FAILURES = 3
#: Of what a policy raised no more is told, characters: one sentence. Source: assumed.
_MOST_TEXT = 300
_CHANNEL_NAMES = tuple(c.name for c in CHANNELS)
_SETPOINT_NAMES = tuple(f.name for f in fields(Setpoints))
#: Ways to objects of the engine that no policy needs.
_PEEKING = frozenset({"gc.get_objects", "gc.get_referrers", "gc.get_referents", "sys._current_frames"})


class _PeekError(Exception):
    """The policy looked for what it was not given."""


class _Marks(threading.local):
    """Per thread: whether a watched policy runs in it, and how it tried to look behind its observation."""

    inside = False
    peeked = ""


_MARKS = _Marks()


def _audit(event: str, _: Any) -> None:
    if event in _PEEKING and _MARKS.inside:
        _MARKS.peeked = event
        raise _PeekError(event)


@functools.cache
def _listen() -> None:
    """Let the interpreter tell of attempts to peek; once a process, since such a hook cannot be taken away."""
    sys.addaudithook(_audit)


def frozen(time_s: int, values: Mapping[str, float]) -> Observation:
    """An observation of plain floats that refers to nothing else.

    Parameters
    ----------
    time_s : int
        Now, s.
    values : mapping
        Channel → value.

    Returns
    -------
    Observation
        Read only.
    """
    return Observation(time_s, MappingProxyType({name: _plain(values[name]) for name in values}))


def _plain(value: Any) -> Any:
    """A float, or (forecasts) a tuple of them."""
    try:
        return float(value)
    except TypeError:
        return tuple(float(each) for each in value)


class _Bench(threading.Thread):
    """A thread that does one thing after the other and can be left alone with one that never ends."""

    def __init__(self) -> None:
        super().__init__(daemon=True, name="policy")
        self.todo: queue.SimpleQueue[Callable[[], Any] | None] = queue.SimpleQueue()
        self.done: queue.SimpleQueue[tuple[Any, BaseException | None, str]] = queue.SimpleQueue()
        self.start()

    def run(self) -> None:
        _MARKS.inside = True
        while (work := self.todo.get()) is not None:
            _MARKS.peeked = ""
            answer: tuple[Any, BaseException | None, str]
            try:
                answer = (work(), None, _MARKS.peeked)
            except BaseException as error:  # whatever it is, the engine's thread says it
                answer = (None, error.with_traceback(None), _MARKS.peeked)
            del work
            self.done.put(answer)


class Watched:
    """A policy of the user's between the engine and harm.

    Parameters
    ----------
    policy : Policy
    limit_s : float
        Longest time for one call, wall clock, s.
    fall_back : mapping or None
        Setpoints to use when the policy fails; None ends the run with the policy's sentence.

    Attributes
    ----------
    failures : list of str
        What went wrong where the scenario's setpoints took over.
    given_up : bool
        Whether a guarded policy is not asked any more: it took too long, or failed too often.
    given_up_when : str
        From when on, as ``day 2, 09:00``; empty if it is still asked.
    fell_back : bool
        Whether the last answer was the scenario's setpoints and not the policy's.
    """

    def __init__(
        self, policy: Policy, limit_s: float = DECISION_LIMIT_S, fall_back: Mapping[str, float] | None = None
    ) -> None:
        _listen()
        self.policy, self.limit_s = policy, limit_s
        self.fall_back = None if fall_back is None else dict(fall_back)
        self.failures: list[str] = []
        self.given_up = self.fell_back = False
        self.given_up_when = ""
        self._bench: _Bench | None = None

    @property
    def static(self) -> bool:
        """Whether the policy says that it never decides anything."""
        return getattr(self.policy, "static", False) is True

    @property
    def looks_ahead_s(self) -> int:
        """How far its rollouts must reach, s: a day at most."""
        wanted = getattr(self.policy, "looks_ahead_s", 0)
        return min(max(wanted, 0), 86400) if isinstance(wanted, int) else 0

    @property
    def name(self) -> str:
        """Class of the policy."""
        return type(self.policy).__name__

    def reset(self, seed: int, rollout: Rollout | None = None) -> None:
        """Begin again."""
        self.failures, self.given_up, self.given_up_when, self.fell_back = [], False, "", False
        try:
            if rollout is None:
                self._call(lambda: self.policy.reset(seed))
            else:
                self._call(lambda: self.policy.reset(seed, rollout))
        except Exception as error:
            self._failed("reset", 0, error)

    def decide(self, observation: Observation) -> Setpoints:
        """The policy's setpoints; where it fails the scenario's, or a sentence that ends the run."""
        self.fell_back = self.given_up and self.fall_back is not None
        if self.given_up and self.fall_back is not None:
            return Setpoints(**self.fall_back)
        now_s = observation.time_s
        try:
            own = frozen(now_s, observation)
            asked = self._call(lambda: self.policy.decide(own))
            if own.time_s != now_s:
                raise _said("it changed its observation, which is read only")
            problems = check_setpoints(asked)
            if problems:
                raise _said("; ".join(problems))
        except Exception as error:
            return self._failed("decide", now_s, error)
        return asked  # type: ignore[no-any-return]

    def snapshot(self) -> Any:
        """What the policy remembers, and how often it failed."""
        return list(self.failures), self.given_up_when, self.policy.snapshot()

    def restore(self, saved: Any) -> None:
        """Go on from a snapshot."""
        failures, self.given_up_when, inner = saved
        self.failures, self.given_up = list(failures), bool(self.given_up_when)
        self.policy.restore(inner)

    def close(self) -> None:
        """Let the thread go."""
        if self._bench is not None:
            self._bench.todo.put(None)
            self._bench = None

    def __deepcopy__(self, memo: dict[int, Any]) -> Watched:
        """A copy with a thread of its own."""
        other = Watched(copy.deepcopy(self.policy, memo), self.limit_s, self.fall_back)
        other.failures, other.given_up = list(self.failures), self.given_up
        other.given_up_when, other.fell_back = self.given_up_when, self.fell_back
        return other

    def _call(self, work: Callable[[], Any]) -> Any:
        if self._bench is None:
            self._bench = _Bench()
        self._bench.todo.put(work)
        try:
            answer, error, peeked = self._bench.done.get(timeout=self.limit_s)
        except queue.Empty:
            self._bench, self.given_up = None, True  # left alone with its work: it may still be at it
            raise _said(f"it took longer than {self.limit_s:g} s for one call (--decision-limit)") from None
        if peeked:
            raise _said(f"it looked for the simulation behind its observation ({peeked})")
        if error is not None and not isinstance(error, Exception):
            raise _said(f"it ended itself by {type(error).__name__}")
        if error is not None:
            raise error
        return answer

    def _failed(self, method: str, now_s: int, error: Exception) -> Setpoints:
        """Fall back, or end the run with one sentence."""
        when = f"day {now_s // 86400 + 1}, {now_s % 86400 // 3600:02d}:{now_s % 3600 // 60:02d}"
        text = f"policy {self.name} failed in {method}() on {when}: {_words(error)}"
        if self.fall_back is None:
            raise SimulationError(text) from error
        self.failures.append(text)
        self.fell_back = True
        self.given_up = self.given_up or len(self.failures) >= _MOST_FAILURES
        if self.given_up:
            self.given_up_when = self.given_up_when or when
        return Setpoints(**self.fall_back)


def _said(text: str) -> SimulationError:
    return SimulationError(text)


def _words(error: Exception) -> str:
    """What a policy raised, in words."""
    text = " ".join(str(error).split())
    if len(text) > _MOST_TEXT:
        text = f"{text[:_MOST_TEXT]} …"
    if isinstance(error, TwinError):
        return text
    unknown = re.search(r"Setpoints.*unexpected keyword argument '(\w+)'", text)
    if unknown:
        close = difflib.get_close_matches(unknown[1], _SETPOINT_NAMES, n=1)
        hint = f"did you mean '{close[0]}'?" if close else f"known: {', '.join(_SETPOINT_NAMES)}"
        return f"it asked for '{unknown[1]}', which is no setpoint; {hint}"
    if isinstance(error, TypeError) and re.search(r"'(Observation|mappingproxy)' object does not support", text):
        return "it tried to change its observation, which is read only"
    if isinstance(error, KeyError) and error.args and error.args[0] in _CHANNEL_NAMES:
        return f"it reads {error.args[0]}, which its observation does not have"
    if isinstance(error, KeyError) and error.args:
        close = difflib.get_close_matches(str(error.args[0]), _CHANNEL_NAMES, n=1)
        hint = f"; did you mean the channel '{close[0]}'?" if close else ""
        return f"KeyError: {error}{hint}"
    return f"{type(error).__name__}: {text}"
