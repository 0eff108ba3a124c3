/** Bounds of the API under the names of rules/bounds.py, which tests/tidy/test_bounds.py compares with these. */

/** One stake, deposit or limit, in minor units. */
export const AMOUNT_MAX = 100_000_000_000
/** All stakes of a market, in minor units. */
export const TOTAL_MAX = 1_000_000_000_000_000
export const TAKEOUT_BPS_MAX = 5_000
export const PLACES_MAX = 40
export const OUTCOMES_MAX = 200
/** Characters of a name. */
export const NAME_LENGTH_MAX = 200
/** Minutes that matches are moved at once. */
export const DELAY_MIN_MAX = 10_080
/** Characters of why somebody corrects what stands. */
export const REASON_LENGTH_MAX = 500
export const DEDUCTION_BPS_MAX = 9_000
/** Characters of what somebody says of a page, and bytes of its picture. */
export const FEEDBACK_LENGTH_MAX = 2_000
export const PICTURE_BYTES_MAX = 36_864
/** Bets a minute of simulated bettors. */
export const SIMULATED_PER_MIN_MAX = 600
