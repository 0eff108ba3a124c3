"""What a route may use, handed to each router by app.py. No container: a frozen list of the rooms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from toteboard.api.sessions import Sessions
    from toteboard.feed.hub import Hub
    from toteboard.intake.intake import Intake
    from toteboard.kyc.provider import Provider
    from toteboard.ledger.ledger import Ledger
    from toteboard.metrics import LastErrors
    from toteboard.proof.derivation import Derivation
    from toteboard.settings import Settings


@dataclass(frozen=True, kw_only=True)
class House:
    settings: Settings
    ledger: Ledger
    sessions: Sessions
    intake: Intake
    hub: Hub
    # By name: 'desk', 'sandbox'.
    kyc: dict[str, Provider]
    books: Derivation
    errors: LastErrors
