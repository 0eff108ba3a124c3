"""What holds for every pool, however its bets lie. Conservation first."""

from hypothesis import assume, given
from hypothesis import strategies as st

from toteboard.rules.odds import ODDS_MAX
from toteboard.rules.pools import PoolRules, close_books, pool_odds, pool_terms, void_pool
from toteboard.rules.settlement import Result, Terms, payout, void_terms

from .markets import Bet, Market, fed_pool_rules, markets, markets_with_winners, paid_bets, pool_rules, stakes

Drawn = tuple[Market, frozenset[int]]


@given(drawn=markets_with_winners(), rules=pool_rules)
def test_every_cent_of_the_pool_is_paid_taken_or_breakage(drawn: Drawn, rules: PoolRules) -> None:
    market, winners = drawn
    pool = pool_terms(market.book, Result(winners=winners), rules)
    refunds, paid = paid_bets(market, pool.terms)
    split = close_books(gross_paid_in=market.book.staked, refunds=refunds, paid=paid, takeout=pool.takeout)
    assert refunds == pool.refunds
    assert paid + split.takeout + split.breakage == pool.gross + split.house_added
    assert sum(bet.stake for bet in market.bets) + split.house_added == (
        refunds + paid + split.takeout + split.breakage + split.house_won
    )
    assert min(split.takeout, split.breakage, split.house_added) >= 0
    assert split.house_won == 0


@given(drawn=markets_with_winners(), rules=pool_rules)
def test_gross_is_takeout_and_net_and_with_refunds_all_that_was_staked(drawn: Drawn, rules: PoolRules) -> None:
    market, winners = drawn
    pool = pool_terms(market.book, Result(winners=winners), rules)
    assert pool.gross == pool.takeout + pool.net
    assert pool.gross + pool.refunds == market.book.staked
    assert [each.outcome_id for each in pool.terms] == list(market.outcome_ids)


@given(drawn=markets_with_winners(), rules=pool_rules)
def test_without_a_minimum_dividend_the_house_adds_nothing_and_keeps_its_takeout(
    drawn: Drawn, rules: PoolRules
) -> None:
    market, winners = drawn
    rules = PoolRules(takeout_bps=rules.takeout_bps, break_to_milli=rules.break_to_milli, minimum_milli=0)
    pool = pool_terms(market.book, Result(winners=winners), rules)
    refunds, paid = paid_bets(market, pool.terms)
    split = close_books(gross_paid_in=market.book.staked, refunds=refunds, paid=paid, takeout=pool.takeout)
    assert split.house_added == 0
    assert split.takeout == pool.takeout


@given(drawn=markets_with_winners(), rules=pool_rules)
def test_breakage_stays_below_a_step_per_unit_won_and_a_cent_per_bet(drawn: Drawn, rules: PoolRules) -> None:
    market, winners = drawn
    pool = pool_terms(market.book, Result(winners=winners), rules)
    refunds, paid = paid_bets(market, pool.terms)
    split = close_books(gross_paid_in=market.book.staked, refunds=refunds, paid=paid, takeout=pool.takeout)
    assert split.breakage <= pool.winning * rules.break_to_milli // 1000 + 1 + len(market.bets)


@given(drawn=markets_with_winners(), rules=pool_rules)
def test_no_winning_bet_is_paid_below_its_stake_times_the_minimum(drawn: Drawn, rules: PoolRules) -> None:
    market, winners = drawn
    pool = pool_terms(market.book, Result(winners=winners), rules)
    terms = {each.outcome_id: each for each in pool.terms}
    for bet in market.bets:
        own = terms[bet.outcome_id]
        # A late bet is refunded, whatever its outcome's terms.
        if own.label == "won" and not bet.late:
            paid = payout(stake=bet.stake, odds_milli=bet.odds_milli, terms=own)
            assert paid >= bet.stake * rules.minimum_milli // 1000


@given(drawn=markets_with_winners(), rules=pool_rules)
def test_a_dividend_is_a_multiple_of_the_step_or_the_minimum(drawn: Drawn, rules: PoolRules) -> None:
    market, winners = drawn
    pool = pool_terms(market.book, Result(winners=winners), rules)
    for dividend in pool.dividends.values():
        assert dividend == rules.minimum_milli or dividend % rules.break_to_milli == 0


@given(drawn=markets_with_winners(), rules=pool_rules)
def test_if_nobody_backed_a_winner_everybody_is_refunded_and_nothing_taken(drawn: Drawn, rules: PoolRules) -> None:
    market, winners = drawn
    pool = pool_terms(market.book, Result(winners=winners), rules)
    backed = any(bet.outcome_id in winners and not bet.late for bet in market.bets)
    assert pool.all_refunded is not backed
    if not backed:
        assert paid_bets(market, pool.terms) == (market.book.staked, 0)
        assert (pool.gross, pool.takeout, pool.net, pool.winning, pool.dividends) == (0, 0, 0, 0, {})


@given(drawn=markets_with_winners(), rules=pool_rules)
def test_withdrawn_outcomes_are_refunded_and_change_no_dividend(drawn: Drawn, rules: PoolRules) -> None:
    market, winners = drawn
    result = Result(winners=winners)
    pool = pool_terms(market.book, result, rules)
    for each in pool.terms:
        if each.outcome_id in market.withdrawn:
            assert (each.a, each.b, each.c, each.label) == (1, 0, 1, "void")
    without = tuple(bet for bet in market.bets if bet.outcome_id not in market.withdrawn and not bet.late)
    alone = pool_terms(Market(market.outcome_ids, market.withdrawn, without).book, result, rules)
    assert alone.dividends == pool.dividends


@given(drawn=markets_with_winners(), rules=pool_rules)
def test_in_a_dead_heat_the_winner_with_fewer_stakes_pays_no_less(drawn: Drawn, rules: PoolRules) -> None:
    market, winners = drawn
    pool = pool_terms(market.book, Result(winners=winners), rules)
    live = {outcome.outcome_id: outcome.live for outcome in market.book.outcomes}
    ranked = sorted(pool.dividends, key=lambda winner: live[winner])
    dividends = [pool.dividends[winner] for winner in ranked]
    assert dividends == sorted(dividends, reverse=True)


@given(drawn=markets_with_winners(), rules=pool_rules, stake=stakes)
def test_money_on_a_loser_never_lowers_a_dividend(drawn: Drawn, rules: PoolRules, stake: int) -> None:
    market, winners = drawn
    losers = [outcome_id for outcome_id in market.runners if outcome_id not in winners]
    assume(losers)
    more = Market(market.outcome_ids, market.withdrawn, (*market.bets, Bet(losers[0], stake, 1000, False)))
    before = pool_terms(market.book, Result(winners=winners), rules).dividends
    after = pool_terms(more.book, Result(winners=winners), rules).dividends
    assert all(after[winner] >= dividend for winner, dividend in before.items())


@given(market=markets(), rules=pool_rules)
def test_the_odds_on_the_board_are_the_dividend_if_the_outcome_wins_now(market: Market, rules: PoolRules) -> None:
    book = market.book
    for outcome in book.outcomes:
        if outcome.withdrawn:
            continue
        pool = pool_terms(book, Result(winners=frozenset({outcome.outcome_id})), rules)
        shown = pool_odds(
            on_outcome=outcome.live,
            others=[other.live for other in book.outcomes if other is not outcome and not other.withdrawn],
            rules=rules,
        )
        if outcome.live == 0:
            assert shown is None
        else:
            assert shown == min(ODDS_MAX, pool.dividends[outcome.outcome_id])


@given(drawn=markets_with_winners(), rules=pool_rules)
def test_every_product_of_a_pool_settlement_fits_a_bigint(drawn: Drawn, rules: PoolRules) -> None:
    market, winners = drawn
    terms = {each.outcome_id: each for each in pool_terms(market.book, Result(winners=winners), rules).terms}
    for bet in market.bets:
        own: Terms = terms[bet.outcome_id]
        if not bet.late:
            assert bet.stake * (own.a + own.b * bet.odds_milli) < 2**63


@given(market=markets())
def test_a_void_market_gives_every_bettor_exactly_the_stake(market: Market) -> None:
    terms = {each.outcome_id: each for each in void_terms(market.book)}
    for bet in market.bets:
        assert payout(stake=bet.stake, odds_milli=bet.odds_milli, terms=terms[bet.outcome_id]) == bet.stake


@given(stake=stakes, cut=st.integers(0, 10**11), dividend=st.integers(0, 10**7))
def test_splitting_a_bet_never_pays_more(stake: int, cut: int, dividend: int) -> None:
    cut %= stake
    terms = Terms(outcome_id=1, a=dividend, b=0, c=1000, label="won")
    whole = payout(stake=stake, odds_milli=1000, terms=terms)
    parts = sum(payout(stake=part, odds_milli=1000, terms=terms) for part in (cut, stake - cut))
    assert whole - 1 <= parts <= whole


@given(drawn=markets_with_winners(), rules=fed_pool_rules)
def test_whatever_the_house_and_earlier_pools_put_in_is_paid_taken_carried_on_or_breakage(
    drawn: Drawn, rules: PoolRules
) -> None:
    market, winners = drawn
    for pool in (pool_terms(market.book, Result(winners=winners), rules), void_pool(market.book, rules)):
        refunds, paid = paid_bets(market, pool.terms)
        staked = sum(bet.stake for bet in market.bets)
        split = close_books(
            gross_paid_in=staked,
            refunds=refunds,
            paid=paid,
            takeout=pool.takeout,
            house_put_in=pool.house_put_in,
            house_won=pool.house_won,
            carried_in=rules.carried_in,
            carried_out=pool.carried_out,
        )
        came_in = staked + split.house_added + rules.carried_in
        went_out = refunds + paid + split.takeout + split.breakage + split.house_won + pool.carried_out
        assert came_in == went_out
        assert 0 <= pool.carried_out_gross <= pool.carried_out
        # The house keeps money of bettors only where nobody is left who could have it.
        assert split.house_won == 0 or (rules.carry_to is None and (pool.all_refunded and rules.carried_in))


@given(drawn=markets_with_winners(), rules=fed_pool_rules)
def test_the_last_pool_of_a_chain_pays_or_refunds(drawn: Drawn, rules: PoolRules) -> None:
    market, winners = drawn
    assume(rules.carry_to is None)
    pool = pool_terms(market.book, Result(winners=winners), rules)
    assert pool.carried_out == 0
    if market.book.live:
        refunds, paid = paid_bets(market, pool.terms)
        assert refunds + paid > 0 or (rules.minimum_milli == 0 and pool.dividends)


@given(drawn=markets_with_winners(), rules=fed_pool_rules)
def test_a_guaranteed_pool_divides_at_least_its_guarantee(drawn: Drawn, rules: PoolRules) -> None:
    market, winners = drawn
    pool = pool_terms(market.book, Result(winners=winners), rules)
    assert pool.net == 0 or pool.net >= rules.guaranteed or not set(pool.dividends) & winners
