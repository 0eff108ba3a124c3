import { Link } from '@tanstack/react-router'
import type { Ops } from '@/api/types'
import { Panel } from '@/shared/ui/Panel'
import styles from './Cockpit.module.css'
import { span, whole } from './words'

/** Settlements under way; nothing where there is none. */
export function Paying({ settlements }: { settlements: Ops['settlements'] }) {
  if (!settlements || settlements.paying === 0) return null
  return (
    <Panel title="Settlements under way">
      <ul className={styles.paying}>
        {settlements.items.map((one) => (
          <li key={one.id} className="num">
            <Link to="/org/t/$slug" params={{ slug: one.slug }}>
              <bdi>
                {one.match}, {one.market}
              </bdi>
            </Link>
            <progress max={Math.max(1, one.bets)} value={one.bets_done} aria-label={`Paid of ${one.match}`} />
            <span>
              {whole(one.bets_done)} of {whole(one.bets)} bets, for {span(one.age_s)}
            </span>
          </li>
        ))}
      </ul>
      {settlements.paying > settlements.items.length && (
        <p>and {whole(settlements.paying - settlements.items.length)} more</p>
      )}
    </Panel>
  )
}
