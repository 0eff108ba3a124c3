/** What each column of a sheet means, beside what stands in it. */

import type { ImportReport } from '@/api/types'
import styles from './Columns.module.css'
import { MEANINGS, type Meaning } from './meaning'

interface Props {
  columns: ImportReport['columns']
  /** As they were last said, which the server may not have looked at yet; else its guess. */
  said?: ReadonlyArray<Meaning | null>
  /** They are another sheet's. */
  isOff: boolean
  onMeanings: (meanings: Array<Meaning | null>) => void
}

export function Columns({ columns, said, isOff, onMeanings }: Props) {
  const meanings = said ?? columns.map(({ meaning }) => meaning ?? null)
  return (
    <table className={styles.columns}>
      <thead>
        <tr>
          <th scope="col">Column</th>
          <th scope="col">Means</th>
          <th scope="col">For example</th>
        </tr>
      </thead>
      <tbody>
        {columns.map(({ header, samples }, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place; two can have the same name.
          <tr key={place} data-unread={meanings[place] ? undefined : ''}>
            <th scope="row">
              <bdi>{header || `Column ${place + 1}`}</bdi>
            </th>
            <td>
              <select
                aria-label={`What ${header || `column ${place + 1}`} means`}
                value={meanings[place] ?? ''}
                disabled={isOff}
                onChange={(event) =>
                  onMeanings(
                    meanings.map((meaning, at) =>
                      at === place ? ((event.target.value || null) as Meaning | null) : meaning,
                    ),
                  )
                }
              >
                <option value="">– not read –</option>
                {MEANINGS.map(([value, words]) => (
                  <option key={value} value={value}>
                    {words}
                  </option>
                ))}
              </select>
            </td>
            <td className={styles.samples}>
              {samples.map((sample, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: samples repeat.
                <bdi key={at}>{sample}</bdi>
              ))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
