/** The Markets room of the desk: every market with what can be done to it, and the bets as they come in. */

import { useStructure } from '@/feed/useFeed'
import { Loading } from '@/shared/ui/States'
import styles from './Desk.module.css'
import { Markets } from './markets/Markets'
import { Ticker } from './Ticker'

export function Desk({ slug }: { slug: string }) {
  const structure = useStructure()
  return (
    <>
      <main>
        <h1 className="visually-hidden">Markets</h1>
        {structure ? <Markets slug={slug} structure={structure} /> : <Loading what="the desk" />}
      </main>
      {structure && (
        <aside className={styles.aside} aria-label="Bets">
          <Ticker structure={structure} />
        </aside>
      )}
    </>
  )
}
