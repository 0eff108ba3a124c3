/** All tournaments, page by page, those with open matches first. Looks again by itself: the totals move. */

import { Link } from '@tanstack/react-router'
import { useEffect, useReducer } from 'react'
import { api, must } from '@/api/client'
import type { Me, Tournament } from '@/api/types'
import { prefixOf, totalFigure } from '@/shared/money'
import { plural } from '@/shared/plural'
import { AsOf, More, usePaged } from '@/shared/ui/Paged'
import { Empty } from '@/shared/ui/States'
import { useQuietly } from '@/shared/useQuietly'
import { closesWords, isLive, openFirst, stateWords } from './order'
import styles from './Tournaments.module.css'

const PAGE = 100
const LOOK_EVERY_MS = 10_000
const SECOND_MS = 1000

interface Looked extends Tournament {
  /** How far this device's clock is behind the server's, as the answer said. */
  behindMs: number
}

async function ask(after: string | undefined) {
  const asked = api.GET('/api/tournament', { params: { query: { after, limit: PAGE } } })
  const { items, next } = await must(asked)
  const told = Date.parse((await asked).response.headers.get('Date') ?? '')
  const behindMs = Number.isNaN(told) ? 0 : told - Date.now()
  return { items: items.map((one): Looked => ({ ...one, behindMs })), next }
}

export function Tournaments({ me }: { me: Me | null | undefined }) {
  const list = usePaged(['tournaments'], ask)
  useQuietly(list.refetch, LOOK_EVERY_MS)
  const rows = [...list.rows].sort(openFirst)
  const live = rows.filter(isLive)
  const quiet = rows.filter((one) => !isLive(one))
  return (
    <>
      <AsOf list={list} what="tournaments" />
      {live.length > 0 && (
        <ul className={styles.list} aria-label="Open now">
          {live.map((one) => (
            <Live key={one.id} tournament={one} me={me} />
          ))}
        </ul>
      )}
      {quiet.length > 0 && (
        <section className={styles.quiet} aria-labelledby="quiet">
          <h2 id="quiet">{live.length > 0 ? 'Nothing open now' : 'Nothing is open now'}</h2>
          <ul>
            {quiet.map((one) => (
              <Quiet key={one.id} tournament={one} />
            ))}
          </ul>
        </section>
      )}
      {list.data && rows.length === 0 && (
        <Empty title="No tournaments yet.">
          <p>
            {me?.admin
              ? 'You are an administrator: you can add the first one.'
              : 'An administrator adds them. They show here by themselves.'}
          </p>
        </Empty>
      )}
      <More list={list} what="tournaments" hasAsOf />
    </>
  )
}

const ROLES: Record<string, string> = {
  bettor: 'you bet here',
  organizer: 'you run it',
  cashier: 'you are its cashier',
  auditor: 'you audit it',
}

function Live({ tournament, me }: { tournament: Looked; me: Me | null | undefined }) {
  const role = me?.memberships.find((member) => member.tournament_id === tournament.id)?.role
  return (
    <li>
      <Link
        to="/t/$slug"
        params={{ slug: tournament.slug }}
        className={styles.live}
        data-testid="tournament"
        data-open
      >
        <span className={styles.name}>
          <b dir="auto">{tournament.name}</b>
          <span className={styles.subtitle}>
            <bdi>{tournament.subtitle}</bdi>
            {role && (
              <>
                {tournament.subtitle && ', '}
                {ROLES[role]}
              </>
            )}
          </span>
        </span>
        <span className={`num ${styles.total}`}>
          <span className={styles.label}>Total bet</span>
          <strong>
            <i>{prefixOf(tournament.currency)}</i>
            {totalFigure(tournament.total, tournament.exponent)}
          </strong>
          <span className={styles.label}>{plural(tournament.bets, 'bet')}</span>
        </span>
        <span className={styles.state}>
          <span className={styles.mark}>
            <i aria-hidden="true" /> Live
          </span>
          <span>{stateWords(tournament)}</span>
          <Closes tournament={tournament} />
        </span>
      </Link>
    </li>
  )
}

/** Counts down by the server's clock. */
function Closes({ tournament: { closes_next, behindMs } }: { tournament: Looked }) {
  const [, again] = useReducer((n: number) => n + 1, 0)
  useEffect(() => {
    if (closes_next === null) return
    const timer = setInterval(again, SECOND_MS)
    return () => clearInterval(timer)
  }, [closes_next])
  const words = closesWords(closes_next, Date.now() + behindMs)
  return words ? <span className="num">{words}</span> : null
}

function Quiet({ tournament }: { tournament: Tournament }) {
  return (
    <li>
      <Link
        to="/t/$slug"
        params={{ slug: tournament.slug }}
        className={styles.row}
        data-testid="tournament"
        preload={false}
      >
        <b dir="auto">{tournament.name}</b>
        <span className={styles.subtitle} dir="auto">
          {tournament.subtitle}
        </span>
        <span className={`num ${styles.rowTotal}`}>
          {prefixOf(tournament.currency)}
          {totalFigure(tournament.total, tournament.exponent)}
        </span>
        <span className={`num ${styles.label}`}>{plural(tournament.bets, 'bet')}</span>
      </Link>
    </li>
  )
}
