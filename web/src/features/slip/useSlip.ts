/** The slip's machine connected: the board's odds and the link go in, bets go out, answers come back. */

import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useReducer, useRef, useState, useSyncExternalStore } from 'react'
import type { Wallet } from '@/api/types'
import type { BoardState } from '@/feed/board'
import type { MarketOnBoard, PersonalMessage } from '@/feed/messages'
import type { FeedStore } from '@/feed/store'
import { useFeed, useLink, usePersonal, usePhases } from '@/feed/useFeed'
import { betTaken, walletsQuery } from '@/shared/mine'
import { parseMoney } from '@/shared/money'
import { lostToRounding, oddsText, poolOdds, returnOf } from '@/shared/odds'
import { uuid7 } from '@/shared/uuid7'
import { useBreak, useIsKnown } from './bettor'
import { boundsOf, checkFrom, gateOf, isBusy } from './limits'
import {
  type AcceptPolicy,
  type BetRequest,
  floorOf,
  type LinkPhase,
  nextSlip,
  offeredDown,
  type SlipEvent,
} from './machine'
import { findPending, forgetPending, keepPending } from './pendingBet'
import { findOut, placeBet, type Verdict } from './place'

/** Figures in the slip move at most this often; the cells on the board move with every frame. */
const LOOK_EVERY_MS = 250

function useBoardNow(feed: FeedStore) {
  const subscribe = useCallback(
    (listener: () => void) => {
      let timer: ReturnType<typeof setTimeout> | undefined
      const later = () => {
        timer ??= setTimeout(() => {
          timer = undefined
          listener()
        }, LOOK_EVERY_MS)
      }
      const offBook = feed.onBook(later)
      const offStructure = feed.onStructure(later)
      return () => {
        clearTimeout(timer)
        offBook()
        offStructure()
      }
    },
    [feed],
  )
  return useSyncExternalStore(subscribe, feed.board)
}

/** What lies on the other outcomes of a pool that run. */
const othersIn = (board: BoardState, market: MarketOnBoard, outcome: number | null) =>
  market.outcomes
    .filter(({ id, withdrawn }) => id !== outcome && !withdrawn)
    .map(({ id }) => board.ticks.get(id)?.stakes ?? 0)

function useLinkPhase(): LinkPhase {
  const { phase } = useLink()
  return phase === 'live' || phase === 'stale' ? phase : 'down'
}

interface Props {
  user: number
  wallet: Wallet
  pick: number | null
  firstStake: string
  onPick: (outcome: number | null) => void
}

export function useSlip({ user, wallet, pick, firstStake, onPick }: Props) {
  const feed = useFeed()
  const queries = useQueryClient()
  const board = useBoardNow(feed)
  const link = useLinkPhase()
  const [state, send] = useReducer(nextSlip, { k: 'idle' })
  const [stakeText, setStakeText] = useState(firstStake)
  const hasPicked = useRef(false)
  const [chosenPolicy, setPolicy] = useState<AcceptPolicy | null>(null)

  const outcomeId = state.k === 'idle' ? null : state.outcome
  const tick = outcomeId === null ? undefined : board?.ticks.get(outcomeId)
  const market = board?.structure.markets.get(board.structure.marketOf.get(outcomeId ?? -1) ?? -1)
  const match = market && board?.structure.matches.get(market.match_id)
  const outcome = market?.outcomes.find((one) => one.id === outcomeId)
  const policy = chosenPolicy ?? (market?.kind === 'fixed' ? 'better' : 'within5')
  const odds = tick?.odds ?? null

  const stake = parseMoney(stakeText, wallet.exponent)
  const bounds = boundsOf(wallet, market, state.k === 'refused' ? state.refusal : undefined)
  const phaseOf = usePhases(market ? [market] : [])
  const betting = {
    phase: market ? phaseOf(market) : 'closed',
    opensAt: market?.opens_at ?? null,
    isWithdrawn: outcome?.withdrawn ?? false,
  } as const
  const gate = gateOf(stake, bounds, betting, wallet.owed, stakeText)
  const isKnown = useIsKnown()
  const breakUntil = useBreak()
  const isEmptyWallet = wallet.balance === 0 && wallet.owed === 0
  /** A pool's odds once this stake is in it; null for odds that do not move. */
  const oddsAfter =
    market?.kind === 'pool' && stake && board
      ? poolOdds((tick?.stakes ?? 0) + stake, othersIn(board, market, outcomeId), market)
      : null
  const payingOdds = oddsAfter ?? odds
  const payout = stake && payingOdds !== null ? returnOf(stake, payingOdds) : 0

  const roundedFrom = stake && payingOdds !== null ? lostToRounding(stake, payingOdds, wallet.exponent) : null

  const settle = useCallback(
    (verdict: Verdict | null) => {
      if (!verdict) return
      if (verdict.t === 'lost') return send({ t: 'lost' })
      forgetPending()
      if (verdict.t === 'refused') {
        // A refusal may know more of the wallet than this page does.
        queries.invalidateQueries({ queryKey: walletsQuery.queryKey })
        return send(verdict)
      }
      send({ t: 'confirmed', bet: verdict.bet, now: Date.now() })
      betTaken(queries, verdict.bet, verdict.bet.balance ?? undefined)
    },
    [queries],
  )

  function submit(request: BetRequest, isDown = false) {
    const event: SlipEvent = { t: 'send', request, now: Date.now(), isDown }
    if (nextSlip(state, event) === state) return
    keepPending(request)
    send(event)
    placeBet(request).then(settle)
  }

  function newRequest(amount: number, isDown = false): BetRequest {
    const reference =
      state.k === 'changed' || state.k === 'refused' ? odds : 'reference' in state ? state.reference : null
    // A pool's odds have one's own stake in them, here and where they are compared.
    const least = isDown
      ? oddsAfter === null
        ? state.k === 'changed'
          ? state.down
          : null
        : offeredDown(oddsAfter)
      : floorOf(oddsAfter ?? reference, policy)
    return {
      key: uuid7(),
      user,
      tournament: wallet.tournament_id,
      outcome: outcomeId ?? 0,
      stake: amount,
      currency: wallet.currency,
      minOdds: least === null ? null : oddsText(least),
      estimate: { odds: payingOdds, payout },
      sentAt: Date.now(),
    }
  }

  function place() {
    if (gate || !stake || isBusy(state)) return
    if (state.k === 'priced' && stake >= checkFrom(wallet)) return send({ t: 'check', now: Date.now() })
    if (state.k === 'priced' || state.k === 'check' || state.k === 'changed') submit(newRequest(stake))
  }

  /** The bet at whatever odds come, down to those that were offered. */
  function placeDown() {
    if (!gate && stake && state.k === 'changed') submit(newRequest(stake, true), true)
  }

  /** The same outcome once more, from an empty stake. */
  function again() {
    const event: SlipEvent = { t: 'requote', odds, now: Date.now() }
    if (nextSlip(state, event) === state) return
    setStakeText('')
    send(event)
  }

  function resend() {
    if (state.k === 'refused') submit({ ...state.request, sentAt: Date.now() })
  }

  // The board's pick comes in; where a bet is under way the pick goes back to it.
  useEffect(() => {
    if (pick === outcomeId) return
    if (isBusy(state) && outcomeId !== null) return onPick(outcomeId)
    if (pick === null) return send({ t: 'clear' })
    // A new pick begins with an empty stake; only the first one may come with a stake in its address.
    if (hasPicked.current) setStakeText('')
    hasPicked.current = true
    send({ t: 'pick', outcome: pick, odds: feed.tick(pick)?.odds ?? null })
  }, [pick, outcomeId, state, feed, onPick])

  useEffect(() => {
    const request = findPending(user, wallet.tournament_id)
    if (!request) return
    send({ t: 'found', request })
    onPick(request.outcome)
  }, [user, wallet.tournament_id, onPick])

  useEffect(() => send({ t: 'odds', odds, policy, now: Date.now() }), [odds, policy])

  // biome-ignore lint/correctness/useExhaustiveDependencies: odds and policy are told above; this tells the link, also to a new pick
  useEffect(() => send({ t: 'link', link, odds, policy, now: Date.now() }), [link, outcomeId, state.k])

  const asking = state.k === 'unknown' ? state.request : null
  useEffect(() => {
    if (!asking) return
    const giveUp = new AbortController()
    findOut(asking, giveUp.signal).then((verdict) => {
      if (!giveUp.signal.aborted) settle(verdict)
    })
    return () => giveUp.abort()
  }, [asking, settle])

  usePersonal(
    useCallback(
      (message: PersonalMessage) => {
        if (message.t !== 'bet') return
        // Its answer may be lost: here it is, and it is not asked for again.
        if (findPending(user, wallet.tournament_id)?.key === message.bet.id) forgetPending()
        send({ t: 'confirmed', bet: message.bet, now: Date.now() })
      },
      [user, wallet.tournament_id],
    ),
  )

  // The market somebody waits for has reopened.
  const isWaiting = state.k === 'refused' && state.waiting
  useEffect(() => {
    if (isWaiting && market?.status === 'open') send({ t: 'requote', odds, now: Date.now() })
  }, [isWaiting, market?.status, odds])

  return {
    state,
    send,
    link,
    market,
    match,
    outcome,
    odds,
    oddsAfter,
    payout,
    payingOdds,
    /** What the odds would come to without rounding, where that is a good deal more; else null. */
    roundedFrom,
    isWhole: wallet.exponent === 0,
    stake,
    stakeText,
    bounds,
    limits: wallet.limits,
    gate,
    isEmptyWallet,
    isKnown,
    breakUntil,
    policy,
    setPolicy,
    place,
    placeDown,
    resend,
    again,
    setStake(text: string) {
      setStakeText(text)
      send({ t: 'edit' })
    },
  }
}

export type SlipControl = ReturnType<typeof useSlip>
