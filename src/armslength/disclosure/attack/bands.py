"""Bands: what age bands (or periods) cut at different points give away when they are laid over one another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from armslength.disclosure.attack.attacker import Answer, Rule, attack
from armslength.disclosure.attack.keys import Band
from armslength.disclosure.attack.system import Quantity, Relation, System

# Finer than this is a continuous variable, not a set of bands.
_MOST_CUTS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class BandCount:
    """The bounds of the count in one band, and what it is called."""

    band: Band
    quantity: Quantity


def derived_bands(
    counts: Sequence[BandCount], *, rule: Rule, naming: Callable[[Band], str] = str
) -> Iterator[tuple[Band, Answer]]:
    """Yield the bands that nobody showed but that differences of shown bands bound; `naming` says a band in words."""
    cuts = sorted({cut for count in counts for cut in (count.band.start, count.band.end)})
    shown = {count.band for count in counts}
    if len(cuts) < 3 or len(cuts) > _MOST_CUTS:
        return
    atoms = [Band(start, end) for start, end in pairwise(cuts)]
    quantities = [Quantity(name=naming(atom)) for atom in atoms] + [count.quantity for count in counts]
    relations = []
    for number, count in enumerate(counts, start=len(atoms)):
        inside = [
            position
            for position, atom in enumerate(atoms)
            if count.band.start <= atom.start and atom.end <= count.band.end
        ]
        terms = ((number, 1), *((position, -1) for position in inside))
        relations.append(
            Relation(terms=terms, low=0, high=0, words=f"{naming(count.band)} is made of its parts")
        )
    system = System(quantities=tuple(quantities), relations=tuple(relations))
    asked = [position for position, atom in enumerate(atoms) if atom not in shown]
    for answer in attack(system, [system.target(position) for position in asked], rule=rule).answers:
        yield atoms[answer.target.terms[0][0]], answer
