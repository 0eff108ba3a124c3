import { Failure } from '@/shared/ui/Note'
import styles from './Page.module.css'

/** Instead of a page that broke. Apart from Page, which a spectator of the board does not load. */
export function PageFailed({ error }: { error: unknown }) {
  return (
    <main className={styles.page}>
      <h1>This page could not be shown</h1>
      <Failure error={error} />
      <p>
        <a href="/">See all tournaments</a>
      </p>
    </main>
  )
}
