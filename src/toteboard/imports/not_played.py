"""Reads how a file says that a match was not played, or not to its end. Knows no format of files."""

from toteboard.rules.match import NotPlayed
from toteboard.rules.names import folded_name

# English, German, Spanish, French, Italian, Portuguese, Dutch, Polish; folded.
_WORDS: dict[NotPlayed, str] = {
    "awarded": "awarded|awd|am grünen tisch|gewertet|adjudicado|sur tapis vert|a tavolino|toegewezen|atribuído"
    "|walkower przyznany",
    "cancelled": "cancelled|canceled|canc|called off|abgesagt|ausgefallen|fällt aus|cancelado|cancelada"
    "|suspendido definitivamente"
    "|annulé|annulée|annullato|annullata|cancelou-se|afgelast|geannuleerd|odwołany|odwołane",
    "postponed": "postponed|postp|pst|verschoben|verlegt|aplazado|aplazada|pospuesto|reporté|reportée|rinviato"
    "|rinviata|adiado|adiada"
    "|uitgesteld|verplaatst|przełożony|przełożone",
    "suspended": "suspended|susp|interrupted|unterbrochen|suspendido|suspendida|suspendu|sospeso|sospesa|suspenso"
    "|interrompido"
    "|onderbroken|gestaakt|zawieszony|przerwany",
    "abandoned": "abandoned|abd|aband|abgebrochen|spielabbruch|abandonado|abandonada|arrêté|abandonné|abbandonato"
    "|interrotto|interrotta"
    "|afgebroken|porzucony",
    "walkover": "walkover|walk-over|w/o|w.o.|w. o.|wo|kampflos|nicht angetreten|no presentado|incomparecencia"
    "|forfait|forfeit|forfeited"
    "|bye|freilos|falta de comparência|niet opgekomen|walkower|wolny los",
}
_BY_WORD = {word: status for status, words in _WORDS.items() for word in words.split("|")}


def not_played_of(text: object) -> NotPlayed | None:
    """What a status says ("postponed", "abgesagt", "w.o."); None where it says nothing of the kind."""
    return _BY_WORD.get(folded_name(text)) if isinstance(text, str) else None
