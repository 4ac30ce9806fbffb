"""What the organised part brings to the figures about people, so that the rest can be fitted around it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from ocgnet.synthetic.force.allotting import Others
from ocgnet.synthetic.force.offences import HIGH_HARM, Offences
from ocgnet.synthetic.force.published import UNITARY
from ocgnet_demo.drawing import Row

SUSPECTED = ("arrested", "suspect")


@dataclass(frozen=True)
class Brought:
    """Harm of the organised part in one year.

    Parameters
    ----------
    victims, offenders : Others
        People and their harm.
    young : float
        Harm to victims aged 10 to 24.
    by_relationship : dict of str to float
        Harm in the local-authority area by relationship of the suspects to the victim.
    """

    victims: Others
    offenders: Others
    young: float
    by_relationship: dict[str, float]


def brought(crimes: list[Row], links: list[Row], births: dict[str, date], table: Offences) -> Brought:
    """Return what these crimes bring; a crime's harm is split evenly over the people in one role.

    Parameters
    ----------
    births : dict of str to date
        Date of birth by person.
    """
    by_id = {str(c["crime_id"]): c for c in crimes if c["offence_code"]}
    harm = {i: float(table.weight[table.position(str(c["offence_code"]))]) for i, c in by_id.items()}
    suspects: dict[str, dict[str, str]] = defaultdict(dict)
    victims: dict[str, set[str]] = defaultdict(set)
    for link in links:
        crime, person = str(link["crime_id"]), str(link["person_id"])
        if crime in by_id and link["link_role"] in SUSPECTED:
            relationship = str(link.get("relationship_to_victim") or "")
            suspects[crime][person] = suspects[crime].get(person) or relationship
        elif crime in by_id and link["link_role"] == "victim":
            victims[crime].add(person)
    by_offender: dict[str, float] = defaultdict(float)
    by_victim: dict[str, float] = defaultdict(float)
    by_relationship: dict[str, float] = defaultdict(float)
    young = 0.0
    for crime, people in sorted(suspects.items()):
        district = by_id[crime]["district"]
        for person, relationship in sorted(people.items()):
            by_offender[person] += harm[crime] / len(people)
            if district and district not in UNITARY:
                by_relationship[relationship] += harm[crime] / len(people)
    for crime, hurt in sorted(victims.items()):
        on = by_id[crime]["occurred_on"] or by_id[crime]["recorded_on"]
        for person in sorted(hurt):
            by_victim[person] += harm[crime] / len(hurt)
            if isinstance(on, date) and person in births and 10 <= _age(births[person], on) <= 24:
                young += harm[crime] / len(hurt)
    return Brought(_others(by_victim), _others(by_offender), young, dict(by_relationship))


def _others(by_person: dict[str, float]) -> Others:
    few = [h for h in by_person.values() if h >= HIGH_HARM]
    return Others(len(few), len(by_person), sum(few), sum(by_person.values()))


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
