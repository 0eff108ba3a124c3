/** What was imported before: also what was imported while nobody looked any more. */

import { api, must } from '@/api/client'
import { plural } from '@/shared/plural'
import { shortTime } from '@/shared/time'
import { More, usePaged } from '@/shared/ui/Paged'
import styles from './import.module.css'

export function Past({ slug }: { slug: string }) {
  const list = usePaged(['imports', slug], (after) =>
    must(
      api.GET('/api/tournament/{which}/import', {
        params: { path: { which: slug }, query: { after, limit: 20 } },
      }),
    ),
  )
  return (
    <section className={styles.past} aria-labelledby="past">
      <h2 id="past">Imported before</h2>
      {list.data !== undefined && list.rows.length === 0 && <p className={styles.hint}>Nothing yet.</p>}
      <ol>
        {list.rows.map(({ id, file_name, matches, outcomes, people, bets, at, by }) => (
          <li key={id} data-testid="past-import">
            <b>
              <bdi>{file_name}</bdi>
            </b>
            <span>
              {people > 0
                ? `${plural(people, 'person', 'people')}, ${plural(bets, 'bet')}`
                : `${plural(matches, 'match', 'matches')}, ${plural(outcomes, 'outcome')}`}
            </span>
            <span>
              <time dateTime={at}>{shortTime(at, Date.now())}</time>, <bdi>{by ?? 'by command'}</bdi>
            </span>
          </li>
        ))}
      </ol>
      <More list={list} what="imports" />
    </section>
  )
}
