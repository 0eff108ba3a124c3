"""Finds the sheets of people and of bets taken elsewhere by their headers, in eight languages. Reads no row.

A sheet of people has a name, and an e-mail address or a balance. A sheet of bets has a person, a pick and a stake.
"""

from dataclasses import dataclass
from enum import StrEnum

from toteboard.imports.sheet.header import ROWS_LOOKED_AT
from toteboard.imports.sheet.header_words import header_words
from toteboard.spreadsheets.table import Grid, Table, table_under


class PersonColumn(StrEnum):
    """What a column of either sheet means."""

    NAME = "name"
    EMAIL = "email"
    BALANCE = "balance"
    MATCH = "match"
    MARKET = "market"
    PICK = "pick"
    STAKE = "stake"
    ODDS = "odds"
    AT = "at"
    DATE = "date"
    TIME = "time"


_C = PersonColumn
# English, German, Spanish, French, Italian, Portuguese, Dutch, Polish.
_WORDS: dict[PersonColumn, tuple[str, ...]] = {
    _C.NAME: (
        "name|person|bettor|member|punter|full name|who|customer|account|wetter|spieler|mitglied|kunde|nombre|persona",
        "apostador|miembro|nom|personne|parieur|membre|nome|scommettitore|socio|pessoa|naam|persoon|lid|gokker|imię",
        "imię i nazwisko|nazwisko|osoba|gracz",
    ),
    _C.EMAIL: (
        "e mail|email|mail|e mail address|email address|mail address|e mail adresse|email adresse|correo",
        "correo electrónico|courriel|adresse e mail|adresse mail|posta elettronica|indirizzo e mail|endereço de email",
        "e mailadres|adres e mail",
    ),
    _C.BALANCE: (
        "balance|opening balance|credit|funds|deposit|deposited|paid in|wallet|guthaben|startguthaben|saldo",
        "kontostand|einzahlung|eingezahlt|saldo inicial|depósito|ingreso|crédito|solde|solde initial|dépôt|crédit",
        "saldo iniziale|deposito|credito|tegoed|beginsaldo|storting|saldo początkowe|wpłata",
    ),
    _C.MATCH: (
        "match|game|fixture|race|event|spiel|begegnung|partie|rennen|partido|encuentro|carrera|evento|rencontre",
        "course|partita|gara|incontro|corsa|jogo|corrida|prova|wedstrijd|koers|mecz|wyścig|spotkanie",
    ),
    _C.MARKET: (
        "market|bet type|wettart|wettmarkt|markt|mercado|tipo de apuesta|marché|type de pari|mercato|rynek",
        "rodzaj zakładu",
    ),
    _C.PICK: (
        "pick|bet on|selection|outcome|tip|backed|runner|choice|tipp|wette auf|auswahl|ausgang|apuesta|pronóstico",
        "selección|elección|pronostic|sélection|choix|pari|pronostico|selezione|scelta|palpite|seleção|escolha|aposta",
        "keuze|voorspelling|typ|wybór",
    ),
    _C.STAKE: (
        "stake|amount|wager|bet|bet amount|stake amount|einsatz|betrag|wetteinsatz|importe|cantidad|monto|mise",
        "montant|enjeu|puntata|importo|valor|montante|inzet|bedrag|stawka|kwota",
    ),
    _C.ODDS: ("odds|price|quote|quoten|cuota|cuotas|cote|cotes|quota|odd|cotação|quotering|kurs",),
    _C.AT: (
        "placed at|placed|taken at|date and time|date time|datetime|timestamp|zeitpunkt|abgegeben|datum und uhrzeit",
        "fecha y hora|date et heure|data e ora|data e hora|datum en tijd|data i godzina",
    ),
    _C.DATE: ("date|day|datum|tag|fecha|día|jour|data|giorno|dia|dag|dzień",),
    _C.TIME: ("time|zeit|uhrzeit|hora|heure|ora|tijd|czas|godzina",),
}
_BY_WORDS: dict[str, PersonColumn] = {}
for _column, _lines in _WORDS.items():
    for _one in "|".join(_lines).split("|"):
        _BY_WORDS.setdefault(_one, _column)


@dataclass(frozen=True, slots=True)
class PersonTable:
    """A table under its header; `at` is where each column stands."""

    table: Table
    at: dict[PersonColumn, int]

    @property
    def is_bets(self) -> bool:
        """Whether its rows are bets; else they are people."""
        return _is_bets(self.at)


def person_tables(grids: list[Grid]) -> list[PersonTable]:
    """The sheets of people and of bets among these, in order; none where the file is of matches."""
    found = []
    for grid in grids:
        best: tuple[int, dict[PersonColumn, int]] | None = None
        for no, cells in grid.rows[:ROWS_LOOKED_AT]:
            at = _columns(cells)
            if (_is_bets(at) or _is_people(at)) and (best is None or len(at) > len(best[1])):
                best = (no, at)
        if best is not None:
            table = table_under(grid, best[0])
            if table.rows:
                found.append(PersonTable(table, best[1]))
    return found


def _columns(cells: list[str]) -> dict[PersonColumn, int]:
    at: dict[PersonColumn, int] = {}
    for position, cell in enumerate(cells):
        column = _BY_WORDS.get(header_words(cell)) if len(cell) <= 60 else None
        if column is not None:
            at.setdefault(column, position)
    return at


def _is_people(at: dict[PersonColumn, int]) -> bool:
    return _C.NAME in at and (_C.EMAIL in at or _C.BALANCE in at) and _C.ODDS not in at


def _is_bets(at: dict[PersonColumn, int]) -> bool:
    return (_C.NAME in at or _C.EMAIL in at) and _C.PICK in at and _C.STAKE in at
