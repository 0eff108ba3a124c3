"""The sandbox: a tournament to play with, and people who bet on it through the real API. Never with real money."""
