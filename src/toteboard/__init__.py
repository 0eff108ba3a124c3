"""Toteboard, the live betting ledger for tournaments."""
