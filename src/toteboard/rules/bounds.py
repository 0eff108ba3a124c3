"""What an amount, a market and a list may be at most: one place for SQL, API, command line and pages.

Whatever else says one of these bounds is generated from here or compared with it by a test (tests/tidy/test_bounds.py).
"""

# The largest id of a table.
ID_MAX = 2**63 - 1
VERSION_MAX = 2**31 - 1
# One stake, deposit or limit, in minor units.
AMOUNT_MAX = 10**11
# All stakes of a market, in minor units; keeps every sum and product of the rules inside a bigint.
TOTAL_MAX = 10**15

# What a market may be set up with.
TAKEOUT_BPS_MAX = 5_000
BREAK_TO_MILLI_MAX = 1_000
MINIMUM_MILLI_MAX = 5_000
MINIMUM_TIERS_MAX = 10
# The highest stake · b · odds of a dead heat, 10^11 · 2·39 · 10^6, is still a bigint in SQL; 48 places would not be.
PLACES_MAX = 40
# What withdrawn runners take off the winnings of a fixed market at most, in basis points: 90p in the pound.
DEDUCTION_BPS_MAX = 9_000
# Lines of a table of deductions.
DEDUCTIONS_MAX = 60
# Of a market: fewer are no contest, more are not kept.
OUTCOMES_MIN = 2
OUTCOMES_MAX = 200

# Matches of a tournament: what a board, an import and a page of all of them can hold. And markets of a match.
MATCHES_MAX = 5_000
MARKETS_MAX = 100

# How far from its match's start a market may close, in seconds: thirty days.
CLOSES_OFFSET_S_MAX = 2_592_000
# How far matches are moved at once, in minutes: a week.
DELAY_MIN_MAX = 10_080

# Odds in thousandths.
ODDS_MIN_MILLI = 1_000
ODDS_MAX_MILLI = 1_000_000

# Years that a time may be in: a match of the year 9999 is a slip of the hand, and PostgreSQL has an infinity there.
YEAR_MIN = 1_900
YEAR_MAX = 2_200

# Characters of a name that people see: a tournament's, a match's, an outcome's.
NAME_LENGTH_MAX = 200
# Characters of a person's name.
PERSON_NAME_LENGTH_MAX = 80
# Characters of why somebody corrects what stands.
REASON_LENGTH_MAX = 500

# Bets a minute of simulated bettors in one tournament of a sandbox.
SIMULATED_PER_MIN_MAX = 600

# Characters of what somebody says of a screen, and of the answer; of the screen's address; bytes of what it showed, as JSON,
# and of its picture, which with all the rest fits into one body.
FEEDBACK_LENGTH_MAX = 2_000
SCREEN_LENGTH_MAX = 300
STATE_BYTES_MAX = 8_192
PICTURE_BYTES_MAX = 36_864
