/** What each column of a sheet means, beside what stands in it. Those that mean nothing are folded away. */

import { useState } from 'react'
import type { ImportReport } from '@/api/types'
import { plural } from '@/shared/plural'
import styles from './Columns.module.css'
import shared from './import.module.css'
import { type Column, MEANINGS, type Meaning } from './meaning'

/** So many columns that are not read are shown beside the others without asking. */
const UNREAD_SHOWN = 4

interface Props {
  columns: ImportReport['columns']
  /** As they were last said, which the server may not have looked at yet; else its guess. */
  said?: Readonly<Record<number, Meaning | null>>
  /** They are another sheet's. */
  isOff: boolean
  onMeanings: (meanings: Record<number, Meaning | null>) => void
}

/** "A", "B", …, "AA": as a spreadsheet calls a column. */
function letter(position: number): string {
  const at = position % 26
  const rest = Math.floor(position / 26)
  return `${rest > 0 ? letter(rest - 1) : ''}${String.fromCharCode(65 + at)}`
}

export function Columns({ columns, said, isOff, onMeanings }: Props) {
  const [isWhole, setWhole] = useState(false)
  const meaningOf = ({ position, meaning }: Column) => (said ? (said[position] ?? null) : (meaning ?? null))
  const unread = columns.filter((column) => meaningOf(column) === null)
  const isFolded = !isWhole && unread.length > UNREAD_SHOWN
  const shown = isFolded ? columns.filter((column) => meaningOf(column) !== null) : columns
  return (
    <>
      <table className={styles.columns}>
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Means</th>
            <th scope="col">For example</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((column) => {
            const { position, header, samples } = column
            const name = header || `Column ${letter(position)}`
            return (
              <tr key={position} data-unread={meaningOf(column) ? undefined : ''}>
                <th scope="row">
                  <bdi>{name}</bdi>
                </th>
                <td>
                  <select
                    aria-label={`What ${name} means`}
                    value={meaningOf(column) ?? ''}
                    disabled={isOff}
                    onChange={(event) =>
                      onMeanings({
                        ...Object.fromEntries(columns.map((one) => [one.position, meaningOf(one)])),
                        [position]: (event.target.value || null) as Meaning | null,
                      })
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
            )
          })}
        </tbody>
      </table>
      {isFolded && (
        <p className={shared.hint}>
          {plural(unread.length, 'other column is', 'other columns are')} not read.{' '}
          <button type="button" className={shared.link} onClick={() => setWhole(true)}>
            Show them
          </button>
        </p>
      )}
    </>
  )
}
