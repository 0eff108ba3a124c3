import { Problem } from '@/api/problem'
import { Button } from '@/shared/ui/Button'
import { Failure, Note } from '@/shared/ui/Note'
import styles from './Page.module.css'

/** Instead of a page that broke. Apart from Page, which a spectator of the board does not load. */
export function PageFailed({ error }: { error: unknown }) {
  return (
    <main className={styles.page}>
      <h1>This page could not be shown</h1>
      {error instanceof Problem ? (
        <Failure error={error} />
      ) : (
        // What broke is ours, or its code could not be fetched: the server may be well.
        <Note tone="bad" icon="cross" title="Something in it broke, or could not be loaded." alert>
          Bets that were placed are safe; My bets shows them.
        </Note>
      )}
      <p>
        <Button look="plain" onClick={() => location.reload()}>
          Reload
        </Button>
      </p>
      <p>
        <a href="/">See all tournaments</a>
      </p>
    </main>
  )
}
