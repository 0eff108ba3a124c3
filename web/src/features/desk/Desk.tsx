/** The organizer's desk: every market with what can be done to it, the bets as they come in, and the members. */

import { useStructure } from '@/feed/useFeed'
import { Loading } from '@/shared/ui/States'
import styles from './Desk.module.css'
import { Members } from './Members'
import { Markets } from './markets/Markets'
import { Ticker } from './Ticker'

export function Desk({ slug }: { slug: string }) {
  const structure = useStructure()
  return (
    <>
      <main className={styles.main}>
        <h1 className="said">Markets</h1>
        {structure ? <Markets slug={slug} structure={structure} /> : <Loading what="the desk" />}
      </main>
      {structure && (
        <aside className={styles.aside} aria-label="Bets and members">
          <Ticker structure={structure} />
          <Members slug={slug} tournament={structure.tournament} />
        </aside>
      )}
    </>
  )
}
