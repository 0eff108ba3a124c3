/** A bet and its whole life on one page, for staff: as it stands, what was paid for it, what was decided about it. */

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { api, must } from '@/api/client'
import { Problem } from '@/api/problem'
import type { BetLife as Life, Me, TournamentBet } from '@/api/types'
import { summaryOf } from '@/shared/auditDetails'
import { money } from '@/shared/money'
import { useOddsFormat } from '@/shared/prefs'
import { referenceOf } from '@/shared/reference'
import { auditedBy } from '@/shared/session'
import { exactTime } from '@/shared/time'
import { Button, LinkButton } from '@/shared/ui/Button'
import { Awaiting, Empty } from '@/shared/ui/States'
import { actionWord, BET_STATUS_WORDS, REFUNDED_FOR_WORDS } from '@/shared/words'
import styles from './BetLife.module.css'
import { exactOdds } from './words'

const LOOK_EVERY_MS = 10_000

export const lifeKey = (id: string) => ['bet', id, 'life']

export function BetLife({ id, me }: { id: string; me: Me }) {
  const life = useQuery({
    queryKey: lifeKey(id),
    queryFn: () => must(api.GET('/api/bet/{bet_id}/life', { params: { path: { bet_id: id } } })),
    refetchInterval: LOOK_EVERY_MS,
  })
  if (life.error instanceof Problem && life.error.status === 404) {
    return (
      <Empty title="There is no such bet.">
        <p>It was never taken, or it is of a tournament where you are not staff.</p>
      </Empty>
    )
  }
  return (
    <>
      <Awaiting query={life} what="the bet" />
      {life.data && <Pages life={life.data} me={me} />}
    </>
  )
}

function Pages({ life, me }: { life: Life; me: Me }) {
  const { bet } = life
  const member = me.memberships.find((one) => one.tournament_id === life.tournament_id)
  const mayAudit = me.admin || auditedBy(me).some(({ tournament_id }) => tournament_id === life.tournament_id)
  return (
    <article className={styles.life} data-testid="bet-life" data-status={bet.status}>
      <header>
        <h2>
          <span className="num">{referenceOf(bet.id)}</span> <span>{BET_STATUS_WORDS[bet.status]}</span>
        </h2>
        <p>
          <bdi>{bet.outcome}</bdi>
          {bet.outcome_now !== bet.outcome && (
            <>
              {' '}
              (now called <bdi>{bet.outcome_now}</bdi>)
            </>
          )}
          , <bdi>{bet.market}</bdi>, <bdi>{bet.match}</bdi>
        </p>
        {life.refunded_for && <p>{REFUNDED_FOR_WORDS[life.refunded_for]}</p>}
      </header>
      <dl className="num">
        <Facts life={life} slug={member?.slug} />
      </dl>
      <section aria-labelledby="movements">
        <h3 id="movements">Money</h3>
        <ol className={styles.lines}>
          <Line at={bet.placed_at} amount={-bet.stake} bet={bet}>
            Stake
          </Line>
          {life.movements.map((moved) => (
            <Line key={`${moved.version} ${moved.kind}`} at={moved.at} amount={moved.amount} bet={bet}>
              {MOVED[moved.kind]}
              {moved.version > 1 && `, correction ${moved.version - 1}`}
            </Line>
          ))}
        </ol>
      </section>
      <section aria-labelledby="decisions">
        <h3 id="decisions">What was decided</h3>
        <ol className={styles.lines}>
          {life.decisions.map((row) => (
            <li key={row.id} data-testid="decision">
              <time className="num" dateTime={row.at}>
                {exactTime(row.at)}
              </time>
              <span>
                {actionWord(row.action)}
                <small dir="auto">{summaryOf(row)}</small>
              </span>
              <bdi>{row.user_id === null ? 'System' : row.user}</bdi>
            </li>
          ))}
        </ol>
      </section>
      <div className={styles.actions} data-noprint>
        <Button onClick={() => print()}>Print</Button>
        {mayAudit && (
          <LinkButton look="plain">
            <Link to="/audit" search={{ tournament: life.tournament_id, subject: `bet:${bet.id}` }}>
              In the audit log
            </Link>
          </LinkButton>
        )}
      </div>
    </article>
  )
}

const MOVED = { payout: 'Payout', refund: 'Refund', reversal: 'Taken back' } as const

function Facts({ life, slug }: { life: Life; slug: string | undefined }) {
  const format = useOddsFormat()
  const { bet } = life
  const bettor = slug ? (
    <Link to="/org/t/$slug/people" params={{ slug }} search={{ member: bet.user_id }}>
      <bdi>{bet.bettor}</bdi>
    </Link>
  ) : (
    <bdi>{bet.bettor}</bdi>
  )
  const facts: Array<[string, ReactNode]> = [
    ['Bettor', bettor],
    ['Wallet', life.wallet_id],
    ['Stake', money(bet.stake, bet)],
    [bet.kind === 'pool' ? 'Odds when placed' : 'Odds taken', exactOdds(bet.odds, format)],
  ]
  if (life.dividend)
    facts.push([`Paid per ${money(10 ** bet.exponent, bet)}`, exactOdds(life.dividend, format)])
  if (bet.payout !== null) facts.push(['Paid out', money(bet.payout, bet)])
  facts.push(['Placed', exactTime(bet.placed_at)])
  if (life.settled_at) facts.push(['Settled', exactTime(life.settled_at)])
  facts.push(['Bet number', bet.id])
  return facts.map(([name, value]) => (
    <div key={name}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  ))
}

interface LineProps {
  at: string
  amount: number
  bet: TournamentBet
  children: ReactNode
}

function Line({ at, amount, bet, children }: LineProps) {
  return (
    <li data-testid="bet-movement">
      <time className="num" dateTime={at}>
        {exactTime(at)}
      </time>
      <span>{children}</span>
      <b className="num">
        {amount > 0 ? '+' : ''}
        {money(amount, bet)}
      </b>
    </li>
  )
}
