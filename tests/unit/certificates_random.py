"""Random chains: a plan of who issued whom, and what follows from it by the rules alone.

Nothing here looks at a signature: a `Made` knows its subject, issuer, own key and the key that signed it, and the
expectation is worked out from these four words, the way the rules are written down for operators.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from tests.unit.certificates_pki import DAY, FQDN, NOW, Issued, issue, key, name, server


@dataclass(frozen=True, eq=False)
class Made:
    """A certificate and the truth about it: names and keys as words, whether it is a CA, the hosts it is for."""

    issued: Issued
    subject: str
    issuer: str
    own_key: str
    signer: str
    is_ca: bool
    hosts: tuple[str, ...] = ()
    begin: datetime = NOW - 100 * DAY
    end: datetime = NOW + 300 * DAY

    @property
    def self_signed(self) -> bool:
        return self.own_key == self.signer and self.subject == self.issuer

    @property
    def valid(self) -> bool:
        return self.begin <= NOW <= self.end

    def made_by(self, other: Made) -> bool:
        """True where `other` issued this one: its name and its key."""
        return other is not self and self.issuer == other.subject and self.signer == other.own_key


def authority(
    subject: str,
    by: Made | None = None,
    own_key: str | None = None,
    signer: str | None = None,
    begin: datetime = NOW - 100 * DAY,
    end: datetime = NOW + 300 * DAY,
    kind: str = "p256",
) -> Made:
    """A CA; `signer` signs in the issuer's name with a key that is not the issuer's."""
    own, issuer = own_key or subject, by.subject if by else subject
    signing = signer or (by.own_key if by else own)
    issued = issue(
        subject,
        by.issued if by else None,
        kind=kind,
        key_name=own,
        signer=None if signer is None else key(signer),
        issuer_name=name(issuer),
        begin=begin,
        end=end,
    )
    return Made(issued, subject, issuer, own, signing, True, (), begin, end)


def host(
    subject: str,
    by: Made | None,
    own_key: str,
    signer: str | None = None,
    begin: datetime = NOW - 100 * DAY,
    end: datetime = NOW + 300 * DAY,
    kind: str = "p256",
) -> Made:
    """A server's certificate for the name `subject`."""
    issued = server(
        subject,
        by.issued if by else None,
        kind=kind,
        key_name=own_key,
        signer=None if signer is None else key(signer),
        begin=begin,
        end=end,
    )
    issuer = by.subject if by else subject
    signing = signer or (by.own_key if by else own_key)
    return Made(issued, subject, issuer, own_key, signing, False, (subject,), begin, end)


@dataclass
class Plan:
    """A chain file and a CA file (None: none given), the key and name asked for, and the seed they came from."""

    seed: int
    file: list[Made]
    ca: list[Made] | None
    key: Made | None
    label: list[str] = field(default_factory=list)

    @cached_property
    def distinct(self) -> list[Made]:
        return list(dict.fromkeys(self.file))

    @cached_property
    def leaves(self) -> list[Made]:
        """Issued none of the others, and no CA."""
        return [one for one in self.distinct if not one.is_ca and not any(it.made_by(one) for it in self.distinct)]

    @cached_property
    def leaf(self) -> Made | None:
        """By the key, else by the name, else the first; among equals a valid one, then the newest."""
        if not self.leaves:
            return None
        by_key = [one for one in self.leaves if self.key and one.own_key == self.key.own_key]
        by_name = [one for one in (by_key or self.leaves) if FQDN in one.hosts]
        equals = by_name or by_key
        if not equals:
            return self.leaves[0]
        return max(equals, key=lambda one: (one.valid, one.begin))

    def ways(self, among: Sequence[Made], ends: Sequence[Made] = ()) -> list[list[Made]]:
        """Every way up from the leaf among these, each as far as it goes or to the first of `ends`."""
        done: list[list[Made]] = []
        going = [[self.leaf]] if self.leaf else []
        while going:
            way = going.pop()
            last = way[-1]
            above = [one for one in among if last.made_by(one) and one not in way]
            if last in ends or last.self_signed or not above:
                done.append(way)
            else:
                going += [[*way, one] for one in above]
        return done

    @cached_property
    def usable(self) -> bool:
        """True where the CA file holds a CA."""
        return any(one.is_ca for one in self.ca or [])

    @cached_property
    def everything(self) -> list[Made]:
        return list(dict.fromkeys([*self.distinct, *(self.ca or [] if self.usable else [])]))

    @cached_property
    def trusted(self) -> list[list[Made]]:
        """Ways that end in the CA file."""
        held = [one for one in self.ca or [] if self.usable and (one.is_ca or one.self_signed)]
        ends = [way for way in self.ways(self.everything, held) if way[-1] in held]
        return ends or ([[self.leaf]] if self.leaf and self.leaf in (self.ca or []) and self.usable else [])

    @cached_property
    def chain_valid(self) -> bool | None:
        if self.leaf is None or not self.usable:
            return None
        return any(all(one.valid for one in way) for way in self.trusted)

    @cached_property
    def order(self) -> list[Made] | None:
        """The right order; None where there are two ways up."""
        ways = self.ways(self.distinct)
        return ways[0] if len(ways) == 1 else [] if not ways else None

    @cached_property
    def on_the_way(self) -> set[Made]:
        return {one for way in self.ways(self.everything) for one in way}

    @cached_property
    def mismatch(self) -> tuple[Made, Made] | None:
        """One on the way, and that of its issuer's name which stands next or alone and did not sign it."""
        longest = max(self.ways(self.everything), key=len, default=[])
        climbed = min((way for way in self.trusted if all(one.valid for one in way)), key=len, default=longest)
        for one in climbed:
            if one.self_signed or one not in self.distinct:
                continue
            named = [it for it in self.distinct if it.subject == one.issuer and it is not one]
            place = self.file.index(one) + 1
            following = [it for it in self.file[place : place + 1] if it in named]
            for it in following or (named if len(named) == 1 else []):
                if not one.made_by(it):
                    return one, it
        return None

    @cached_property
    def missing(self) -> bool:
        """The way ends where neither file holds the issuer, not even its name in the CA file."""
        if self.leaf is None or not self.usable or self.trusted or self.mismatch:
            return False
        last = max(self.ways(self.everything), key=lambda way: (len(way), way[-1].self_signed))[-1]
        return not last.self_signed and not any(one.subject == last.issuer for one in self.ca or [])


def plan(seed: int) -> Plan:
    """A chain that was right, and then what operators do to it: one to three things at once."""
    dice = random.Random(seed)
    label: list[str] = []
    root = authority(f"Root {seed}", end=NOW + 3000 * DAY)
    above, middle = root, list[Made]()
    for level in range(dice.choice([0, 1, 1, 2, 2, 3, 4])):
        above = authority(f"CA {level} of {seed}", above, end=NOW + timedelta(days=dice.randint(40, 1500)))
        middle.insert(0, above)
    leaf = host(FQDN, above, f"leaf {seed}")
    right = [leaf, *middle]
    file = list(right)
    for change in dice.sample(list(CHANGES), dice.choice([0, 1, 1, 2, 2, 3])):
        told = CHANGES[change](dice, file, right, root, seed)
        label += [change] if told else []
    picked = dice.choice(list(CA_FILES))
    label.append(f"CA {picked}")
    held = CA_FILES[picked](dice, right, root, seed) if picked != "none" else None
    with_key = dice.random() < 0.8
    return Plan(seed, file, held, leaf if with_key else None, label)


def _shuffle(dice: random.Random, file: list[Made], right: list[Made], root: Made, seed: int) -> bool:
    before = list(file)
    dice.shuffle(file)
    return file != before


def _drop(dice: random.Random, file: list[Made], right: list[Made], root: Made, seed: int) -> bool:
    there = [one for one in file if one in right[1:]]
    if there:
        gone = dice.choice(there)
        file[:] = [one for one in file if one is not gone]
    return bool(there)


def _insert(dice: random.Random, file: list[Made], one: Made) -> None:
    file.insert(dice.choice([len(file), len(file), dice.randint(0, len(file))]), one)


def _root(dice: random.Random, file: list[Made], right: list[Made], root: Made, seed: int) -> bool:
    file.append(root)
    return True


def _copy(dice: random.Random, file: list[Made], right: list[Made], root: Made, seed: int) -> bool:
    _insert(dice, file, dice.choice(file))
    return True


def _stranger(dice: random.Random, file: list[Made], right: list[Made], root: Made, seed: int) -> bool:
    top = authority(f"Stranger root {seed}")
    _insert(dice, file, dice.choice([top, authority(f"Stranger CA {seed}", top)]))
    return True


def _sister(dice: random.Random, file: list[Made], right: list[Made], root: Made, seed: int) -> bool:
    """A CA of the same root that issued nothing here."""
    _insert(dice, file, authority(f"Sister CA {seed}", root))
    return True


def _other_host(dice: random.Random, file: list[Made], right: list[Made], root: Made, seed: int) -> bool:
    _insert(dice, file, host("other.example.org", [*right, root][1], f"other host {seed}"))
    return True


def _old_leaf(dice: random.Random, file: list[Made], right: list[Made], root: Made, seed: int) -> bool:
    """The forerunner of the server's certificate: expired, its key another or the same."""
    own = dice.choice([f"leaf {seed}", f"old leaf {seed}"])
    old = host(FQDN, [*right, root][1], own, begin=NOW - 500 * DAY, end=NOW - 90 * DAY)
    _insert(dice, file, old)
    return True


def _renewed(dice: random.Random, file: list[Made], right: list[Made], root: Made, seed: int) -> bool:
    """A second certificate of an intermediate's name and key."""
    if len(right) < 2:
        return False
    place = dice.randrange(1, len(right))
    one = right[place]
    by = [*right, root][place + 1]
    _insert(dice, file, authority(one.subject, by, one.own_key, end=NOW + 2000 * DAY))
    return True


def _crossed(dice: random.Random, file: list[Made], right: list[Made], root: Made, seed: int) -> bool:
    """The root, signed by another CA's root."""
    other = authority(f"Older root {seed}")
    _insert(dice, file, authority(root.subject, other, root.own_key))
    return True


def _look_alike(dice: random.Random, file: list[Made], right: list[Made], root: Made, seed: int) -> bool:
    """A CA of an intermediate's name with another key, beside it or in its place."""
    if len(right) < 2:
        return False
    place = dice.randrange(1, len(right))
    one = right[place]
    fake = authority(one.subject, [*right, root][place + 1], f"look-alike {seed} {place}")
    if one in file and dice.random() < 0.5:
        file[file.index(one)] = fake
    else:
        _insert(dice, file, fake)
    return True


def _rollover(dice: random.Random, file: list[Made], right: list[Made], root: Made, seed: int) -> bool:
    """The root's new key, certified by its old one: subject and issuer are one name, and it is not self-signed."""
    _insert(dice, file, authority(root.subject, root, f"next key of root {seed}"))
    return True


def _expired_twin(root: Made) -> Made:
    return authority(root.subject, None, root.own_key, begin=NOW - 900 * DAY, end=NOW - DAY)


CHANGES: dict[str, Callable[[random.Random, list[Made], list[Made], Made, int], bool]] = {
    "shuffled": _shuffle,
    "shuffled again": _shuffle,
    "one dropped": _drop,
    "root added": _root,
    "a copy": _copy,
    "a stranger": _stranger,
    "a sister": _sister,
    "another host": _other_host,
    "the old leaf": _old_leaf,
    "an intermediate renewed": _renewed,
    "the root cross-signed": _crossed,
    "a look-alike": _look_alike,
    "a rollover": _rollover,
}


CA_FILES: dict[str, Callable[[random.Random, list[Made], Made, int], list[Made]]] = {
    "none": lambda dice, right, root, seed: [],
    "root": lambda dice, right, root, seed: [root],
    "the root": lambda dice, right, root, seed: [root],
    "root and another": lambda dice, right, root, seed: [authority(f"Second root {seed}"), root],
    "wrong root": lambda dice, right, root, seed: [authority(f"Wrong root {seed}")],
    "same name, other key": lambda dice, right, root, seed: [authority(root.subject, own_key=f"other {seed}")],
    "all above the leaf": lambda dice, right, root, seed: [*right[1:], root],
    "one of those above": lambda dice, right, root, seed: [dice.choice([*right[1:], root])],
    "the leaf only": lambda dice, right, root, seed: [right[0]],
    "the leaf beside the root": lambda dice, right, root, seed: [right[0], root],
    "root and its expired twin": lambda dice, right, root, seed: [_expired_twin(root), root],
}
