"""Tells a side that is not known yet ("Winner SF1", "Sieger VF1", "W49", "TBD") from a name. Knows no format of files.

One recogniser for every format. It asks for a word *and* what it refers to, so that a horse called "Second Wind" and a
team called "Winner" stay names. Short codes such as "1A" are a class of a school as often as the first of a group:
they are read as such only where the file shows that it has groups (`Slots`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from toteboard.rules.names import folded_name

FIRST, SECOND = "First side to be decided", "Second side to be decided"

# English, German, Spanish, French, Italian, Portuguese, Dutch, Polish; folded, as `folded_name` leaves them.
_WINNER = (
    "winners?(?: of)?(?: the)?|sieger(?: des| der| von)?|gewinner(?: des| der| von)?"
    "|ganador(?: del| de la| de)?|vainqueur(?: du| de la| de)?|gagnant(?: du| de la| de)?"
    "|vincitore(?: del| della| di)?|vincente(?: del| della| di)?|vencedor(?: do| da| de)?"
    "|winnaar(?: van)?(?: de| het)?|zwycięzca"
)
_LOSER = (
    "losers?(?: of)?(?: the)?|verlierer(?: des| der| von)?|perdedor(?: del| de la| de| do| da)?"
    "|perdant(?: du| de la| de)?"
    "|perdente(?: del| della| di)?|verliezer(?: van)?(?: de| het)?|przegrany"
)
_RUNNER_UP = (
    "runners?[ -]?up(?: of)?(?: the)?|subcampeón(?: del| de)?|vice(?: do| da| de)?|finalista(?: del| de)?|wicemistrz"
    "|(?:gruppen)?zweiter(?: der| des| von)?|gruppensieger(?: der| von)?"
)
_ORDINAL = (
    r"(?:[1-9]|1[0-9])(?:st|nd|rd|th|\.|º|ª|o|a|e|er|ère|ème|eme)?"
    "|first|second|third|fourth|erster|erste|zweiter|zweite|dritter|dritte|vierter|vierte|primero?"
    "|segundo|tercero?|cuarto"
    "|premier|deuxième|second|troisième|quatrième|primo|secondo|terzo|quarto|primeiro|terceiro|eerste"
    "|tweede|derde|vierde"
    "|pierwszy|drugi|trzeci|czwarty"
)
_PLACED = "placed?|platzierter?|platz|lugar|posto|plaats|miejsce|clasificado|classificat[oa]|classé"
_PLACE = f"(?:{_ORDINAL})(?:[ -]?(?:{_PLACED}))?"
_OF = "(?: of| in| der| des| del| de la| della| du| da| do| de| di| van| von| aus| z)?(?: the| de)?"
_GROUP = "(?:groups?|gruppe|groupe|grupo|gruppo|girone|groep|grupa|grupy|pool|poule|path|pfad|pot|section)"
_STAGE = (
    "(?:semi[ -]?finals?|quarter[ -]?finals?|finals?|halbfinales?|viertelfinales?|achtelfinales?"
    "|semifinal(?:e|is)?|demi[ -]?finale"
    "|quarts?(?: de finale)?|cuartos?(?: de final)?|quartas?(?: de final)?|octavos?|oitavas|halve finale|kwartfinale"
    "|półfinał[u]?|ćwierćfinał[u]?|play[ -]?offs?|playoffs?|preliminary|qualif(?:ier|ying|ikation)|round"
    "|runde|match|game|tie"
    "|heat|spiel|partie|partido|jogo|partita|incontro|gara|wedstrijd|mecz[u]?|bout|bracket|[shvqa]f"
    "|[lw]b|ko|po|m|g|r|sf|qf|r16|1/[2-8])"
)
# "SF1", "semi-final 2", "match 49", "group A", "A", "A/B/C", "play-off A".
_GROUP_LETTERS = "[a-p](?: ?/ ?[a-p])*"
_REFERENCE = (
    rf"(?:{_GROUP} ?(?:{_GROUP_LETTERS}|[0-9]{{1,2}})|(?:\w{{2,12}} ){{0,2}}(?:{_STAGE}|path"
    rf"|pfad)[ -]?(?:no\.? ?|nr\.? ?|#)?(?:[0-9]{{1,4}}|{_GROUP_LETTERS})"
    rf"|#?[0-9]{{1,4}}|{_GROUP_LETTERS}|.+ (?:v|vs|vs\.|gegen|contra|contre|contro|tegen) .+)"
)
_UNDECIDED = re.compile(
    rf"^(?:(?:{_WINNER}|{_LOSER}|{_RUNNER_UP}) {_REFERENCE}"
    rf"|(?:{_PLACE}){_OF} (?:{_GROUP} ?(?:{_GROUP_LETTERS}|[0-9]{{1,2}})|[a-p](?: ?/ ?[a-p])+)"
    rf"|(?:\w{{2,12}} ){{0,2}}(?:{_GROUP}|{_STAGE}) ?(?:{_GROUP_LETTERS}|[0-9]{{1,4}}) (?:winner|loser"
    rf"|runner[ -]?up|sieger|verlierer)"
    rf"|{_STAGE} winner (?:{_GROUP_LETTERS}|[0-9]{{1,4}})"
    r"|(?:first|second) side to be decided)$"
)
_NOBODY = re.compile(
    r"^(?:|[-–—?.…_*]{1,5}|n\. ?n\.?|n/n|nn|tb[acd]|t\.b\.[acd]\.?|n\.?t\.?b\.?|to be (?:decided"
    r"|determined|announced|confirmed)"
    r"|(?:noch )?(?:offen|unbekannt)|wird noch (?:bekannt ?gegeben|ermittelt)|steht noch nicht fest"
    r"|por (?:definir|determinar|confirmar)"
    r"|à (?:définir|déterminer|confirmer)|a (?:definir|determinar|confirmar|definire|determinarsi"
    r"|confirmare)|da (?:definire|decidere|determinare|confermare)"
    r"|nog (?:te bepalen|onbekend)|do (?:ustalenia|potwierdzenia)|nieznany|unknown|undecided|open|vacant)$"
)
_CODE = re.compile(
    r"^(?:(?P<which>[WL]) ?(?P<match>\d{1,4})|(?P<rank>[1-4])(?P<groups>[A-P](?: ?/ ?[A-P])*))$", re.IGNORECASE
)
_RANKS = {"1": "Winner", "2": "Second", "3": "Third", "4": "Fourth"}
_GROUP_NAME = re.compile(rf"^{_GROUP} ?(?P<letter>[a-p])$")


class Slots(StrEnum):
    """Whether short codes (1A, 2B, W49) are sides to come: as the file shows, always, or never."""

    AUTO = "auto"
    YES = "yes"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Sides:
    """How the sides of one file are read. `groups` are the letters of groups that the file names."""

    slots: Slots = Slots.AUTO
    groups: frozenset[str] = frozenset()

    def name(self, text: str | None, *, first: bool) -> str | None:
        """The words for a side that is not known yet; None for a real name."""
        if text is None or _NOBODY.match(folded := folded_name(text)):
            return FIRST if first else SECOND
        found = _CODE.match(text.strip()) if self.slots is not Slots.NO else None
        if found and found["which"] and found["which"].isupper():
            return f"{'Winner' if found['which'] == 'W' else 'Loser'} of match {found['match']}"
        if found and found["rank"] and self._are_groups(found["groups"].upper()):
            return f"{_RANKS[found['rank']]} of group {found['groups'].upper().replace(' ', '')}"
        return text.strip() if _UNDECIDED.match(folded) else None

    def _are_groups(self, letters: str) -> bool:
        # A list of groups, as in 3A/B/C, is no class of a school.
        return self.slots is Slots.YES or "/" in letters or letters in self.groups


def sides_of_file(slots: Slots, rounds: Iterable[str]) -> Sides:
    """How a file's sides are read, whose rounds and groups are called like this."""
    found = (_GROUP_NAME.match(folded_name(text)) for text in set(rounds))
    return Sides(slots, frozenset(one["letter"].upper() for one in found if one))


def is_code(name: str) -> bool:
    """Whether it may be a side to come by its short code, or a class of a school."""
    return _CODE.match(name.strip()) is not None


def is_undecided(name: str) -> bool:
    """Whether it is no name yet, as in "Winner of match 74"."""
    folded = folded_name(name)
    return _UNDECIDED.match(folded) is not None or _NOBODY.match(folded) is not None
