"""Counts what a policy asks for and what becomes of it, without changing any of it."""

from __future__ import annotations

from typing import Any

from twin.policies.contract import Observation, Policy, Rollout, Setpoints

__all__ = ["Asked", "Tally", "tallied", "vetoed"]


class _Around:
    """Says of itself what the policy in it says."""

    policy: Policy

    @property
    def static(self) -> bool:
        """Whether the policy never decides anything, so that the engine need not ask."""
        return getattr(self.policy, "static", False) is True

    @property
    def looks_ahead_s(self) -> int:
        """How far its rollouts must reach, s."""
        return int(getattr(self.policy, "looks_ahead_s", 0))

    @property
    def foresight(self) -> bool:
        """Whether it knows the future."""
        return bool(getattr(self.policy, "foresight", False))


class Asked(_Around):
    """Inside a guard: remembers what the policy asked for last.

    Parameters
    ----------
    policy : Policy

    Attributes
    ----------
    last : Setpoints or None
        None: it was not asked, gave no setpoints, or failed so that others stand for its own.
    """

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.last: Setpoints | None = None

    def reset(self, seed: int, rollout: Rollout | None = None) -> None:
        """Begin again."""
        self.last = None
        if rollout is None:
            self.policy.reset(seed)
        else:
            self.policy.reset(seed, rollout)

    def decide(self, observation: Observation) -> Setpoints:
        """As the policy decides."""
        asked = self.policy.decide(observation)
        self.last = asked if isinstance(asked, Setpoints) and not _stood_in(self.policy) else None
        return asked

    def snapshot(self) -> Any:
        """As the policy."""
        return self.policy.snapshot()

    def restore(self, saved: Any) -> None:
        """As the policy."""
        self.policy.restore(saved)


class Tally(_Around):
    """Outermost: counts decisions, vetoes and how far setpoints travel.

    Parameters
    ----------
    policy : Policy
        With its guard, if any.
    inner : Asked or None
        What stands inside the guard; None: there is none, so nothing can be vetoed.

    Attributes
    ----------
    decisions, vetoes : int
        Times asked; times something else came into force than the policy asked for: the guard's doing, or the
        policy failed or had been given up.
    travel : dict
        Setpoint → sum of its changes from one decision to the next, in its unit.
    moves : dict
        Setpoint → how often it changed.
    """

    def __init__(self, policy: Policy, inner: Asked | None = None) -> None:
        self.policy, self.inner = policy, inner
        self._forget()

    def _forget(self) -> None:
        self.decisions = self.vetoes = 0
        self.travel: dict[str, float] = {}
        self.moves: dict[str, int] = {}
        self._force: dict[str, float] = {}

    @property
    def actions(self) -> Any:
        """What became of each setpoint at the last decision, where the policy says so."""
        return getattr(self.policy, "actions", ())

    def reset(self, seed: int, rollout: Rollout | None = None) -> None:
        """Begin again."""
        self._forget()
        if rollout is None:
            self.policy.reset(seed)
        else:
            self.policy.reset(seed, rollout)

    def decide(self, observation: Observation) -> Setpoints:
        """As the policy decides."""
        if self.inner is not None:
            self.inner.last = None
        passed = self.policy.decide(observation)
        self.decisions += 1
        if not isinstance(passed, Setpoints):
            return passed
        if self.inner is not None and vetoed(self.inner.last, passed):
            self.vetoes += 1
        for name, value in passed.given().items():
            before = self._force.get(name)
            if before is not None and value != before:
                self.travel[name] = self.travel.get(name, 0.0) + abs(value - before)
                self.moves[name] = self.moves.get(name, 0) + 1
            self._force[name] = value
        return passed

    def snapshot(self) -> Any:
        """Counts and policy."""
        own = (self.decisions, self.vetoes, dict(self.travel), dict(self.moves), dict(self._force))
        return own, self.policy.snapshot()

    def restore(self, saved: Any) -> None:
        """Go on from a snapshot."""
        own, inner = saved
        self.decisions, self.vetoes, travel, moves, force = own
        self.travel, self.moves, self._force = dict(travel), dict(moves), dict(force)
        self.policy.restore(inner)

    def counts(self) -> dict[str, Any]:
        """Plain data for a record.

        Returns
        -------
        dict
        """
        return {
            "decisions": self.decisions, "vetoes": self.vetoes, "guarded": self.inner is not None,
            "travel": dict(self.travel), "moves": dict(self.moves),
        }


def _stood_in(policy: Any) -> bool:
    """Whether the last answer was not the policy's own: it failed, or is not asked any more."""
    while policy is not None:
        if hasattr(policy, "fell_back"):
            return bool(policy.fell_back)
        policy = getattr(policy, "policy", None)
    return False


def vetoed(asked: Setpoints | None, passed: Setpoints) -> bool:
    """Whether a guard put something else in force; a policy that was not asked was overruled too.

    Parameters
    ----------
    asked, passed : Setpoints

    Returns
    -------
    bool
    """
    if asked is None:
        return True
    wanted, given = asked.given(), passed.given()
    return wanted.keys() != given.keys() or any(abs(given[name] - value) > 1e-9 for name, value in wanted.items())


def tallied(policy: Policy) -> Tally:
    """A policy with a tally around it and, where it is a guard around another, an ear inside.

    Parameters
    ----------
    policy : Policy
        A guard or a supervisor is one that has ``policy``, what it watches over, and ``in_fallback``.

    Returns
    -------
    Tally
    """
    watched = getattr(policy, "policy", None)
    if watched is None or not hasattr(policy, "in_fallback"):
        return Tally(policy)
    inner = Asked(watched)
    policy.policy = inner  # type: ignore[attr-defined]
    return Tally(policy, inner)
