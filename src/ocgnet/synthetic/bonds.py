"""Who really deals with whom: the planted network from which crimes, reports and contacts are drawn.

Directors direct through lieutenants, runners know their handler and sometimes each other, groups touch
through a few brokers. Some principals keep away from crimes altogether: they are met and phoned only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from random import Random

from ocgnet.synthetic.groups import Roster
from ocgnet_demo.drawing import poisson, stream

BRIDGES = 54
HIDDEN_SHARE = 0.12
"""Share of principals who stay out of crimes."""


class Bonds:
    """Undirected bonds with a strength each.

    Parameters
    ----------
    roster : Roster
        People and groups.
    seed : int
        Seed of the county.
    """

    def __init__(self, roster: Roster, seed: int) -> None:
        self.strength: dict[tuple[str, str], float] = {}
        self.hidden: set[str] = set()
        self._near: dict[str, dict[str, float]] = defaultdict(dict)
        self._rng = stream(seed, "bonds")
        self._roster = roster
        for roles in roster.ever.values():
            self._inside(roles)
        self._between()
        self._around()

    def near(self, person: str) -> dict[str, float]:
        """Return the people a person deals with, and how much."""
        return self._near[person]

    def tie(self, a: str, b: str, strength: float) -> None:
        """Add a bond, or strengthen it."""
        if a != b:
            pair = (min(a, b), max(a, b))
            total = self.strength.get(pair, 0.0) + strength
            self.strength[pair] = self._near[a][b] = self._near[b][a] = total

    def company(self, rng: Random, lead: str, size: int, allowed: Mapping[str, float]) -> list[str]:
        """Return up to ``size`` people around ``lead`` who all deal with each other, ``lead`` first.

        ``allowed`` says who may be there, and how readily.
        """
        found = [lead]
        choices = {p: w * allowed[p] for p, w in self._near[lead].items() if p in allowed}
        while len(found) < size and choices:
            nxt = rng.choices(list(choices), list(choices.values()))[0]
            found.append(nxt)
            choices = {p: w for p, w in choices.items() if p in self._near[nxt]}
        return found

    def _draw(self) -> float:
        return self._rng.lognormvariate(0.0, 0.7)

    def _inside(self, roles: dict[str, str]) -> None:
        rng = self._rng
        principals = sorted(p for p, r in roles.items() if r == "principal")
        significant = sorted(p for p, r in roles.items() if r == "significant")
        others = sorted(p for p, r in roles.items() if r in ("peripheral", ""))
        hidden = [p for p in principals if significant and len(roles) >= 4 and rng.random() < HIDDEN_SHARE]
        self.hidden.update(hidden)
        visible = [p for p in principals if p not in hidden]
        # Behind a hidden principal stands a lieutenant whom everybody sees instead.
        hubs = visible or [rng.choice(significant or others)]
        for p in hidden:
            for s in sorted({hubs[0], *rng.sample(significant, min(2, len(significant)))}):
                self.tie(p, s, 1.5 * self._draw())
        for i, a in enumerate(hubs):
            for b in hubs[:i]:
                self.tie(a, b, 2.0 * self._draw())
        handlers = [s for s in significant if s not in hubs]
        self._command(hubs, handlers)
        self._crews(hubs, handlers, [p for p in others if p not in hubs])

    def _command(self, hubs: list[str], handlers: list[str]) -> None:
        """Tie the significant members to those they answer to, and some to each other."""
        rng = self._rng
        for i, s in enumerate(handlers):
            # A specialist is called when needed; the others answer to one principal or to several.
            first = rng.choice(hubs)
            self.tie(s, first, (2.2 if rng.random() < 0.85 else 0.5) * self._draw())
            for h in hubs:
                if h != first and rng.random() < 0.55:
                    self.tie(s, h, 1.3 * self._draw())
            for t in handlers[:i]:
                if rng.random() < (0.4 if len(handlers) < 5 else 0.22):
                    self.tie(s, t, self._draw())

    def _crews(self, hubs: list[str], handlers: list[str], runners: list[str]) -> None:
        """Tie runners to a handler, some to their mates, and some to the principal behind the handler."""
        rng = self._rng
        popularity = {h: rng.lognormvariate(0.3 if h in hubs else 0.0, 0.6) for h in [*handlers, *hubs]}
        crew: dict[str, list[str]] = defaultdict(list)
        for p in runners:
            handler = rng.choices(list(popularity), list(popularity.values()))[0]
            self.tie(p, handler, self._draw())
            if crew[handler] and rng.random() < 0.4:
                self.tie(p, rng.choice(crew[handler]), self._draw())
            behind = [h for h in hubs if h != handler and (h in self._near[handler])]
            if behind and rng.random() < 0.5:
                self.tie(p, rng.choice(behind), 1.2 * self._draw())
            crew[handler].append(p)

    def _between(self) -> None:
        """Let groups touch through a few brokers; half of them are principals who trade with each other."""
        rng = self._rng
        brokers: dict[str, tuple[str, float]] = {}
        for group, roles in self._roster.ever.items():
            open_to = {p: r for p, r in sorted(roles.items()) if p not in self.hidden}
            weight = {"principal": 9.0, "significant": 1.6, "peripheral": 0.4, "": 0.4}
            broker = rng.choices(list(open_to), [weight[r] for r in open_to.values()])[0]
            brokers[group] = (broker, rng.lognormvariate(0.0, 0.9) * len(roles) ** 0.5)
        groups = sorted(brokers)
        for _ in range(BRIDGES):
            one = rng.choices(groups, [brokers[g][1] for g in groups])[0]
            rest = [g for g in groups if g != one]
            two = rng.choices(rest, [brokers[g][1] for g in rest])[0]
            end = brokers[two][0]
            if rng.random() < 0.22:
                end = rng.choice(sorted(self._roster.ever[two]))
            if end not in self.hidden:
                self.tie(brokers[one][0], end, 2.2 * self._draw())

    def _around(self) -> None:
        """Put associates who belong to no group beside members, whatever their rank."""
        rng = self._rng
        weight = {"principal": 2.0, "significant": 1.0, "peripheral": 0.4, "": 0.5}
        pull = {
            p: weight[r] * rng.lognormvariate(0.0, 0.5)
            for roles in self._roster.ever.values()
            for p, r in sorted(roles.items())
            if p not in self.hidden
        }
        known, pulls = list(pull), list(pull.values())
        associates = self._roster.associates
        for i, a in enumerate(associates):
            first = rng.choices(known, pulls)[0]
            self.tie(a, first, 0.5 * self._draw())
            for _ in range(poisson(rng, 0.25)):
                self.tie(a, rng.choice(sorted(self._near[first])), 0.4 * self._draw())
            if i and rng.random() < 0.2:
                self.tie(a, associates[rng.randrange(i)], self._draw())
