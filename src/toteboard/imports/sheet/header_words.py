"""What columns are called in spreadsheets, in eight languages: from the words of a header to what the column means.

English, German, Spanish, French, Italian, Portuguese, Dutch, Polish. A header is compared as `header_words` leaves it: small
letters, words apart, "HomeTeam" as "home team". A number or a letter behind it does not matter ("Player 2", "Team A").
"""

import re

from toteboard.imports.sheet.meanings import Meaning
from toteboard.rules.names import folded_name

_CAMEL = re.compile(r"(?<=[a-zà-ÿ])(?=[A-Z])")
_WORD = re.compile(r"[^\W_]+")

# In this order: what fits two meanings is the first.
_HEADERS: dict[Meaning, tuple[str, ...]] = {
    Meaning.NUMBER: (
        "nr|no|num|number|match no|match nr|match number|match id|game no|game number|game id|id",
        "spielnr|spiel nr|lfd nr|nummer",
        "número|numero|número de partido|num partido|numéro|n|numero partita|número do jogo",
        "wedstrijdnummer|lp|nr meczu",
    ),
    Meaning.MATCH: (
        "match|game|fixture|race|event|heat|contest|bout|fight|tie|matchup|spiel|begegnung|partie|rennen|lauf|paarung",
        "partido|encuentro|carrera|evento|rencontre|course|épreuve|partita|gara|incontro|corsa|jogo|corrida|prova",
        "wedstrijd|koers|mecz|bieg|wyścig|spotkanie",
    ),
    Meaning.ROUND: (
        "round|round number|round no|round name|stage|phase|matchday|match day|gameweek|game week",
        "week|group|pool|heat name",
        "runde|spieltag|gruppe|ronda|jornada|fase|grupo|etapa|tour|journée|groupe|poule|turno|giornata|girone|gruppo",
        "rodada|speelronde|ronde|groep|runda|kolejka|grupa|faza|category|division",
    ),
    Meaning.VENUE: (
        "venue|court|table|ground|stadium|arena|field|pitch|location|hall|lane|ring|mat|board|site|room",
        "tisch|platz|halle|stadion|ort|spielort|spielstätte|feld|bahn|brett|pista|cancha|mesa|campo|estadio|lugar|sede",
        "terrain|salle|lieu|stade|piste|échiquier|tavolo|luogo|stadio|quadra|local|estádio|baan",
        "tafel|zaal|veld|locatie",
        "kort|stół|boisko|hala|miejsce|szachownica",
    ),
    Meaning.STARTS_AT: (
        "starts at|start|starts|start time|kick off|kickoff|begins|begins at|date time|datetime",
        "date and time|when|scheduled",
        "utc|date utc|time utc|start utc|anstoß|anpfiff|beginn|termin|startzeit|datum und uhrzeit",
        "inicio|comienzo|fecha y hora",
        "début|coup d envoi|date et heure|inizio|data e ora|início|data e hora|aanvang",
        "datum en tijd|początek|data i godzina",
    ),
    Meaning.DATE: (
        "date|day|match date|start date|game date|datum|tag|spieldatum|fecha|día|jour|data|giorno|dag|dzień",
    ),
    Meaning.TIME: (
        "time|hour|clock|match time|game time|uhrzeit|zeit|uhr|hora|heure|horaire|ora|orario",
        "horário|tijd|tijdstip|godzina|czas",
    ),
    Meaning.OUTCOME: (
        "outcome|runner|horse|player|team|side|competitor|contestant|participant|selection|entrant",
        "name|home|away|home team",
        "away team|home side|away side|home player|away player|white|black|red corner|blue corner",
        "golfer|driver|rider|fighter",
        "candidate|opponent|athlete|swimmer|dog|greyhound|jockey|team name|player name|boxer",
        "spieler|mannschaft|heim|gast|heimmannschaft|gastmannschaft|heimteam|gastteam|teilnehmer",
        "pferd|reiter|fahrer|weiß|weiss",
        "schwarz|kandidat|gegner|läufer|verein",
        "jugador|equipo|local|visitante|equipo local|equipo visitante|caballo|participante",
        "corredor|blancas|negras|piloto",
        "joueur|équipe|domicile|extérieur|équipe domicile|équipe extérieure|cheval|coureur|blancs",
        "noirs|candidat|pilote",
        "giocatore|squadra|casa|ospite|trasferta|squadra casa|squadra ospite|cavallo|partecipante",
        "bianco|nero|candidato",
        "jogador|equipa|equipe|mandante|time casa|time visitante|equipa casa|equipa visitante|cavalo|brancas|pretas",
        "speler|ploeg|thuis|uit|thuisploeg|uitploeg|paard|deelnemer|wit|zwart",
        "zawodnik|drużyna|gospodarz|gość|gospodarze|goście|koń|uczestnik|białe|czarne|gracz",
    ),
    Meaning.ODDS: (
        "odds|price|decimal odds|opening odds|odds home|odds away|odds draw|odds x|home odds",
        "away odds|draw odds|odds h|odds d",
        "price home|price away|price draw|sp|starting price|moneyline|money line|b365h|b365d|b365a",
        "quote|quoten|quote heim|quote gast|quote x|quote unentschieden|quote remis|cuota|cuotas",
        "cuota local|cuota visitante",
        "cuota empate|cuota x|momio|cote|cotes|cote domicile|cote extérieur|cote nul|cote x|quota",
        "quota casa|quota ospite",
        "quota x|quota pareggio|odd|odd casa|odd fora|odd empate|odds casa|odds fora|odds empate|cotação|quotering",
        "quotering thuis|quotering uit|quotering gelijk|kurs|kurs gospodarz|kurs gość|kurs remis|kurs x",
    ),
    Meaning.STATUS: ("status|state|match status|game status|stand|estado|estatus|statut|stato|situação|toestand",),
    Meaning.MARKET: (
        "market|bet type|wettart|wettmarkt|markt|mercado|tipo de apuesta|marché|type de pari",
        "mercato|rynek|rodzaj zakładu",
    ),
}
_SUFFIX = re.compile(r" (?:[0-9]{1,2}|[a-d])$")
_BY_HEADER: dict[str, tuple[Meaning, ...]] = {}
for _meaning, _lines in _HEADERS.items():
    for _words in "|".join(_lines).split("|"):
        _BY_HEADER[_words] = (*_BY_HEADER.get(_words, ()), _meaning)
# Where a second one stands for the first: a group beside the round, a home team called as the local one.
_DRAW = re.compile(r"\b(?:draw|tie|x|remis|unentschieden|empate|nul|pareggio|gelijk|b365d|d)\b")


def header_words(header: str) -> str:
    """The words of a header, small and apart."""
    return " ".join(_WORD.findall(folded_name(_CAMEL.sub(" ", header))))


def meanings_of(header: str) -> tuple[Meaning, ...]:
    """What a column of this name may mean, the likeliest first; none where it says nothing."""
    words = header_words(header)
    return _BY_HEADER.get(words) or _BY_HEADER.get(_SUFFIX.sub("", words), ())


def is_of_draw(header: str) -> bool:
    """Whether a column of odds is the draw's, by its name."""
    return _DRAW.search(header_words(header)) is not None
