"""From the links and records of one child to the components of its two bands."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ocgnet.analysis.children.links import COMPANY, MENTION_ONLY, Link
from ocgnet.analysis.children.missing import earlier_words
from ocgnet.analysis.children.priority_rules import Component
from ocgnet.analysis.children.records import IN_NO_LIST, NOT_SAID, GroupHarm, exploits, risk_level
from ocgnet.english import counted
from ocgnet.evidence.period import Period
from ocgnet.model.columns import ACES, SUSPECT_ROLES
from ocgnet.settings import Settings


def offences(crimes: Sequence[Any], settings: Settings, *, has_crimes: bool) -> Component:
    """Return the component of earlier serious offences of one child.

    They are allegations, and often a sign of exploitation. Only the child's own links as a suspect count, on any
    date up to the analysis date; what a parent did never does. A crime in which the child is also a victim does not
    count: victim status comes first. Without the table of links between people and crimes (``has_crimes``) it is
    unknown.
    """
    if not has_crimes:
        ask = "Crime records: is the child named as a suspect, and was the child exploited?"
        words = "this data holds no table crime_links"
        return Component("offences", words, could="serious_offences_many", find_out=ask)
    own = [c for c in crimes if c.suspect and not c.victim]
    serious = [c for c in own if c.harm >= settings.serious_harm]
    unknown = sum(math.isnan(c.harm) for c in own)
    count = len(serious)
    could, ask = "", ""
    if unknown and count < settings.many_serious:
        could = "serious_offences_many" if count + unknown >= settings.many_serious else "serious_offences"
        could = "" if could == "serious_offences" and count else could
        ask = (
            f"Crime records: how severe are the {unknown} offences without an offence code that has a weight?"
            if could
            else ""
        )
    if not count:
        words = f"{unknown} offences of unknown severity" if unknown else "none recorded"
        also = sum(c.suspect and c.victim for c in crimes)
        words += f"; suspect and victim in {also}, counted as victim only" if also else ""
        return Component("offences", words, could=could, find_out=ask)
    by_role = [(role, sum(c.role == role for c in serious)) for role in SUSPECT_ROLES]
    roles = ", ".join(f"{n} as {role}" for role, n in by_role if n)
    words = f"linked to {counted(count, 'serious offence')} ({roles}): an allegation unless convicted, "
    words += "and the child may be a victim"
    holds = "serious_offences_many" if count >= settings.many_serious else "serious_offences"
    return Component("offences", words, holds, could, ask, tuple(sorted(c.crime_id for c in serious)))


_NO_TABLE = "this data holds no table {}"


@dataclass(frozen=True)
class Judge:
    """What all children share when their components are worked out."""

    settings: Settings
    given: frozenset[str]  # Tables that the data holds; what an absent one would say is unknown
    status: dict[str, str]
    groups: dict[str, GroupHarm]  # ``records.harm_of_groups``
    adults: dict[str, GroupHarm]  # ``records.harm_of_adults``
    period: Period
    former: dict[str, str]  # By child: parents who were in a group and are no members any more, in words

    def components(self, child: str, own: Sequence[Link], fact: Any, crimes: Sequence[Any]) -> list[Component]:
        """Return every component of a child, in the order of ``COMPONENTS``.

        ``fact`` holds what is recorded: the columns of ``aces_of``, ``risks_of``, ``missing_facts`` and
        ``escalated``, the last by the child's own records alone; ``crimes`` the rows of ``crimes_of`` that name
        the child.
        """
        return [
            self._victim(crimes),
            self._missing_now(fact),
            self._membership(own),
            self._risk("cse", fact.cse_risk, "sexual exploitation", fact.cse_scheme, fact.cse_on),
            self._risk("cce", fact.cce_risk, "criminal exploitation", fact.cce_scheme, fact.cce_on),
            self._aces(fact),
            self._often(fact),
            self._trend(fact),
            self._interviews(fact),
            self._escalation(fact),
            offences(crimes, self.settings, has_crimes="crime_links" in self.given),
            self._harmed_by(own),
            _company(own, self.given),
            self._adult(child, own),
            _parent(own),
            self._adult_harm(own),
            *self._groups({x.ocg_id for x in own if x.basis not in MENTION_ONLY}),
        ]

    def _absent(self, *tables: str) -> str:
        gone = [t for t in tables if t not in self.given]
        return _NO_TABLE.format(" and no table ".join(gone)) if gone else ""

    def _victim(self, crimes: Sequence[Any]) -> Component:
        if absent := self._absent("crime_links"):
            ask = "Crime records: is the child a victim, and was the child exploited?"
            return Component("victim", absent, could="victim_exploited", find_out=ask)
        victim = [c for c in crimes if c.victim]
        if exploited := [c for c in victim if exploits(c.flags)]:
            value = f"victim in {counted(len(exploited), 'crime')} of exploitation"
            return Component("victim", value, "victim_exploited", evidence=tuple(sorted(c.crime_id for c in exploited)))
        first, last = self.period.first, self.period.last
        dated = first is not None and last is not None
        here = [c for c in victim if not dated or (not pd.isna(c.on) and first <= c.on.date() <= last)]
        if here:
            value = f"victim in {counted(len(here), 'crime')} in the period"
            return Component("victim", value, "victim", evidence=tuple(sorted(c.crime_id for c in here)))
        if undated := [c for c in victim if pd.isna(c.on)]:
            value = f"victim in {counted(len(undated), 'crime')} without a date"
            return Component("victim", value, could="victim", find_out="Crime records: when was the child a victim?")
        return Component("victim", "victim in no crime in the period, and in none of exploitation")

    def _harmed_by(self, own: Sequence[Link]) -> Component:
        if here := [x for x in own if x.basis == "same_crime_as_victim"]:
            value = f"the child is a victim in a crime linked to {nominals(here)}"
            return Component("harmed_by", value, "adult_harmed", evidence=_records(here))
        if absent := self._absent("crime_links"):
            ask = "Crime records: is the child a victim in a crime of a member of a group?"
            return Component("harmed_by", absent, could="adult_harmed", find_out=ask)
        return Component("harmed_by", "no crime recorded that links a nominal and has the child as victim")

    def _adult_harm(self, own: Sequence[Link]) -> Component:
        close = sorted({x.nominal_id for x in own if x.basis not in MENTION_ONLY and x.basis != "own_membership"})
        if not close:
            return Component("adult_harm", "no adult on a close path")
        ask = f"Crime records of {', '.join(close)}: offence codes are missing."
        if absent := self._absent("crimes", "crime_links"):
            return Component("adult_harm", absent, could="adult_harm", find_out=ask)
        least, harms = self.settings.adult_harm, [self.adults.get(n, GroupHarm()) for n in close]
        each = ", ".join(
            f"{n} severity {h.harm:,.0f} in {counted(h.crimes, 'crime')}" for n, h in zip(close, harms, strict=True)
        )
        value = f"{each} (high from {least:,.0f})"
        if max(h.harm for h in harms) >= least:
            return Component("adult_harm", value, "adult_harm")
        # A crime whose offence is not known may be of any weight.
        if any(h.harm_unknown for h in harms):
            return Component("adult_harm", value, could="adult_harm", find_out=ask)
        return Component("adult_harm", value)

    def _missing_now(self, fact: Any) -> Component:
        if fact.open:
            since = f"no return is recorded from the missing episode of {fact.open_from:%Y-%m-%d}"
            return Component("missing_now", since, "missing_now")
        if absent := self._absent("missing_episodes"):
            return Component("missing_now", absent, could="missing_now", find_out="Missing desk: is the child missing?")
        if fact.unclear:
            since = f"no return is recorded from {counted(fact.unclear, 'older missing episode')}"
            ask = "Missing desk: when did the child return from the episodes without a recorded return?"
            return Component("missing_now", since, could="missing_now", find_out=ask)
        return Component("missing_now", "no open missing episode")

    def _membership(self, own: Sequence[Link]) -> Component:
        here = [x for x in own if x.basis == "own_membership"]
        if not here:
            return Component("own_membership", "not recorded in a group")
        groups = _listed(x.ocg_id for x in here)
        return Component(
            "own_membership", f"recorded as a member of {groups}", "own_membership", evidence=_records(here)
        )

    def _risk(self, name: str, recorded: str, what: str, scheme: str = "", on: Any = pd.NaT) -> Component:
        """Return a risk recorded in whatever local scheme, in its own words."""
        level, rule = risk_level(recorded, self.settings), f"{name}_risk"
        if level == NOT_SAID:
            quoted = f", '{recorded}'" if recorded else ""
            ask = f"Children's services or the exploitation team: has the risk of {what} been assessed, and when?"
            return Component(name, f"risk of {what} not assessed{quoted}", could=rule, find_out=ask)
        more = "; ".join(filter(None, (f"scheme {scheme}" if scheme else "", "" if pd.isna(on) else f"{on:%Y-%m-%d}")))
        value = f"risk of {what} recorded as '{recorded}'{f' ({more})' if more else ''}"
        if level == IN_NO_LIST:
            ask = f"Whoever recorded it: which risk of {what} does '{recorded}' mean? Add the word to words.toml."
            return Component(name, f"{value}, a word in no list", could=rule, find_out=ask)
        if level == "none":
            return Component(name, value)
        return Component(name, value, f"{rule}_low" if level == "low" else rule)

    def _aces(self, fact: Any) -> Component:
        of, least = len(ACES), self.settings.many_aces
        ask = f"Children's services, school and health: {', '.join(fact.asked.split('|'))}?"
        if fact.known >= least:
            value = f"at least {fact.known} adverse experiences known, {fact.unknown} of {of} unknown"
            return Component("aces", value, "many_aces")
        value = f"{counted(fact.known, 'adverse experience')} known, {fact.unknown} of {of} unknown"
        if fact.known + fact.unknown >= least:
            return Component("aces", value, could="many_aces", find_out=f"Adverse experiences. {ask}")
        return Component("aces", value)

    def _often(self, fact: Any) -> Component:
        if absent := self._absent("missing_episodes"):
            return Component("missing_often", absent, could="repeat_missing", find_out="Missing desk: how often?")
        then = earlier_words(fact._asdict())
        value = f"{counted(fact.episodes, 'missing episode')} in the period, {then} in the period before"
        return Component(
            "missing_often", value, "repeat_missing" if fact.episodes >= self.settings.repeat_missing else ""
        )

    def _trend(self, fact: Any) -> Component:
        if absent := self._absent("missing_episodes"):
            return Component("missing_trend", absent, could="missing_rising", find_out="Missing desk: more often now?")
        days = self.settings.recent_days
        value = f"{counted(fact.recent, 'missing episode')} in the last {days} days, {fact.prior} in the {days} before"
        rising = fact.recent > fact.prior and fact.recent > 1
        return Component("missing_trend", value, "missing_rising" if rising else "")

    def _interviews(self, fact: Any) -> Component:
        hours = self.settings.interview_hours
        if absent := self._absent("missing_episodes"):
            ask = "Missing desk: was every return followed by an interview?"
            return Component("interviews", absent, could="interview", find_out=ask)
        values = []
        if fact.outstanding:
            values.append(f"{counted(fact.outstanding, 'return interview')} outstanding past {hours} hours")
        if fact.late:
            values.append(f"{counted(fact.late, 'return interview')} held after {hours} hours")
        if values:
            return Component("interviews", ", ".join(values), "interview")
        if fact.unclear:
            ask = "Missing desk: was the child interviewed after the episodes without a recorded return?"
            unclear = f"no return is recorded from {counted(fact.unclear, 'missing episode')}"
            return Component("interviews", unclear, could="interview", find_out=ask)
        return Component("interviews", "none due" if not fact.episodes else f"all in time, or {hours} hours not over")

    def _escalation(self, fact: Any) -> Component:
        days = self.settings.recent_days
        value = f"{fact.then.replace('_', ' ')} {days} days ago, {fact.now.replace('_', ' ')} now"
        if fact.risen:
            return Component("escalation", f"on the prevent pathway: {value}", "escalation")
        if fact.unsure:
            ask = "Whoever recorded the undated signs of a later stage (see the pathway): when was that?"
            return Component("escalation", f"{value}; later signs are undated", could="escalation", find_out=ask)
        return Component("escalation", value)

    def _adult(self, child: str, own: Sequence[Link]) -> Component:
        close = [x for x in own if x.basis not in MENTION_ONLY and x.basis != "own_membership"]
        former = f"; {self.former[child]}" if child in self.former else ""
        if not close:
            return Component("adult_role", f"no adult on a close path{former}")
        roles_held = "; ".join(
            f"{nominals(x for x in close if x.role == role)} {f'recorded as {role}' if role else 'not assessed'}"
            for role in ("principal", "significant", "peripheral", "")
            if any(x.role == role for x in close)
        )
        roles = {x.role for x in close}
        holds = next((f"adult_{r}" for r in ("principal", "significant") if r in roles), "")
        open_role = "" in roles and holds != "adult_principal"
        unassessed = nominals(x for x in close if not x.role)
        ask = f"The lead officer of the group: what is the role of {unassessed}?" if open_role else ""
        could = "adult_principal" if open_role else ""
        return Component("adult_role", f"{roles_held}{former}", holds, could, ask, _records(close))

    def _groups(self, ids: set[str]) -> Iterator[Component]:
        listed = sorted(ids)
        if not listed:
            for name in ("group_status", "group_harm", "group_violence"):
                yield Component(name, "only named together, which says nothing about the group")
            return
        statuses = ", ".join(f"{i} is {self.status.get(i) or 'of unknown status'}" for i in listed)
        active = any(self.status.get(i) in ("emerging", "active") for i in listed)
        unknown = [i for i in listed if not self.status.get(i)]
        if active or not unknown:
            yield Component("group_status", statuses, "group_active" if active else "")
        else:
            ask = f"The lead officer: is {', '.join(unknown)} active?"
            yield Component("group_status", statuses, could="group_active", find_out=ask)
        yield self._measured("harm", listed)
        yield self._measured("violence", listed)

    def _measured(self, kind: str, listed: list[str]) -> Component:
        """Return the harm or the violence of the linking groups, from the crimes linked to their members."""
        name = f"group_{kind}"
        ask = f"Crime records of {', '.join(listed)}: offence codes are missing."
        if absent := self._absent("crimes", "crime_links"):
            return Component(name, absent, could=name, find_out=ask)
        found = [self.groups.get(i, GroupHarm()) for i in listed]
        if kind == "harm":
            least, value = self.settings.group_harm, [g.harm for g in found]
            said = [f"{i} severity {g.harm:,.0f} in {g.crimes} crimes" for i, g in zip(listed, found, strict=True)]
            # A crime whose offence is not known may be of any weight.
            reach = any(g.harm_unknown for g in found)
        else:
            least, value = self.settings.group_violent_crimes, [float(g.violent) for g in found]
            said = [f"{i} {g.violent} of {g.crimes} crimes violent" for i, g in zip(listed, found, strict=True)]
            reach = any(g.violent + g.violent_unknown >= least for g in found)
        told = f"{', '.join(said)} (high from {least:,.0f})"
        if max(value) >= least:
            return Component(name, told, name)
        return Component(name, told, could=name, find_out=ask) if reach else Component(name, told)


def _company(own: Sequence[Link], given: frozenset[str]) -> Component:
    here = [x for x in own if x.basis in COMPANY]
    if here:
        manners = {"missing_with": "went missing", "stopped_with": "was stopped", "arrested_with": "was arrested"}
        words = ", ".join(
            f"{manner} together with {nominals(x for x in here if x.basis == basis)}"
            for basis, manner in manners.items()
            if any(x.basis == basis for x in here)
        )
        return Component("in_company", words, "in_company", evidence=_records(here))
    if "missing_episodes" not in given:
        words, ask = _NO_TABLE.format("missing_episodes"), "Missing desk: with whom did the child go missing?"
        return Component("in_company", words, could="in_company", find_out=ask)
    return Component("in_company", "not recorded missing, stopped or arrested together with a nominal")


def _parent(own: Sequence[Link]) -> Component:
    family = [x for x in own if x.basis == "family"]
    if not family:
        return Component("parent_verified", "no parent, step-parent or guardian among the nominals")
    if verified := nominals(x for x in family if x.verified == "yes"):
        value = f"relationship with {verified} verified"
        return Component("parent_verified", value, "verified_parent", evidence=_records(family))
    states = {"no": "recorded as not verified", "unknown": "verification not recorded"}
    value = "; ".join(
        f"relationship with {nominals(x for x in family if x.verified == v)} {words}"
        for v, words in states.items()
        if any(x.verified == v for x in family)
    )
    ask = f"Children's services, registers: is {nominals(family)} a parent, step-parent or guardian of the child?"
    return Component("parent_verified", value, could="verified_parent", find_out=ask, evidence=_records(family))


def nominals(links: Iterable[Link]) -> str:
    """Return the nominals of some links, in order."""
    return _listed(x.nominal_id for x in links)


def _records(links: Iterable[Link]) -> tuple[str, ...]:
    return tuple(sorted({r for x in links for r in x.evidence.split("|") if r}))


def _listed(ids: Iterable[str]) -> str:
    return ", ".join(sorted(set(ids)))
