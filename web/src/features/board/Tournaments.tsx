/** All tournaments, those with open matches first. */

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api, must } from '@/api/client'
import type { Tournament } from '@/api/types'
import { wholeMoney } from '@/shared/money'
import { Failure } from '@/shared/ui/Note'
import styles from './Tournaments.module.css'

const PAGE = 200

const openFirst = (a: Tournament, b: Tournament) =>
  Number(a.archived) - Number(b.archived) ||
  Number(b.markets_open > 0) - Number(a.markets_open > 0) ||
  b.id - a.id

function stateOf({ archived, markets_open }: Tournament): string {
  if (archived) return 'Archived'
  if (markets_open === 0) return 'Nothing open'
  return markets_open === 1 ? '1 market open' : `${markets_open} markets open`
}

export function Tournaments() {
  const { data, error, isPending } = useQuery({
    queryKey: ['tournaments'],
    queryFn: () => must(api.GET('/api/tournament', { params: { query: { limit: PAGE } } })),
  })
  if (isPending) return <p className={styles.none}>Loading the tournaments…</p>
  if (error) return <Failure error={error} />
  if (data.items.length === 0)
    return <p className={styles.none}>No tournaments yet. An administrator can add one.</p>
  return (
    <ul className={styles.list}>
      {[...data.items].sort(openFirst).map((tournament) => (
        <li key={tournament.id}>
          <Link
            to="/t/$slug"
            params={{ slug: tournament.slug }}
            className={styles.tournament}
            data-testid="tournament"
            data-open={tournament.markets_open > 0 || undefined}
          >
            <b>{tournament.name}</b>
            <span className={styles.subtitle}>{tournament.subtitle}</span>
            <span className={styles.state}>{stateOf(tournament)}</span>
            <span className={`num ${styles.total}`}>{wholeMoney(tournament.total, tournament)}</span>
          </Link>
        </li>
      ))}
    </ul>
  )
}
