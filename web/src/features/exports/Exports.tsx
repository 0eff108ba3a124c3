/** The Exports room of the desk: the sheets of a tournament, what is in each, and files of them to take away. */

import { useQuery } from '@tanstack/react-query'
import { api, must } from '@/api/client'
import type { Sheet, Sheets } from '@/api/types'
import { plural } from '@/shared/plural'
import { clockTime } from '@/shared/time'
import { LinkButton } from '@/shared/ui/Button'
import { Awaiting } from '@/shared/ui/States'
import { DownloadState } from './DownloadState'
import { addressOf, begin, useDownload } from './downloads'
import styles from './exports.module.css'
import { ABOUT, FORMAT_NAME, type Format, type SheetName } from './words'

const COUNT_MS = 15_000

export function Exports({ slug }: { slug: string }) {
  const sheets = useQuery({
    queryKey: ['exports', slug],
    queryFn: () => must(api.GET('/api/tournament/{which}/export', { params: { path: { which: slug } } })),
    refetchInterval: COUNT_MS,
  })
  return (
    <main className={styles.main}>
      <h1>Exports</h1>
      <p className={styles.about}>
        Each file is of one moment: a bet placed while it is made is in the next one. XLSX opens in any
        spreadsheet as it is, CSV is for programs. Who took which sheet is recorded in the audit log.
      </p>
      <Awaiting query={sheets} what="the sheets" />
      {sheets.data && (
        <>
          <ul className={styles.sheets}>
            {sheets.data.items.map((sheet) => (
              <SheetRow key={sheet.name} slug={slug} sheet={sheet} all={sheets.data} />
            ))}
          </ul>
          <p className={styles.counted}>
            Counted at <span className="num">{clockTime(Date.parse(sheets.data.at))}</span>.
          </p>
        </>
      )}
    </main>
  )
}

function SheetRow({ slug, sheet, all }: { slug: string; sheet: Sheet; all: Sheets }) {
  const { title, about, empty } = ABOUT[sheet.name]
  const download = useDownload(slug, sheet.name)
  return (
    <li className={styles.sheet} data-sheet={sheet.name}>
      <div className={styles.what}>
        <h2>{title}</h2>
        <p>{about}</p>
        {sheet.name === 'matches' && <Limits all={all} />}
        <details>
          <summary>
            {plural(sheet.columns.length, 'column')}
            <span className="visually-hidden"> of {title}</span>
          </summary>
          <p className={styles.columns}>{sheet.columns.join(', ')}</p>
        </details>
      </div>
      <p className={styles.rows} data-testid="rows">
        {sheet.rows > 0 ? <span className="num">{plural(sheet.rows, 'row')}</span> : empty}
      </p>
      <div className={styles.files}>
        <FileLink slug={slug} sheet={sheet.name} format="csv" />
        {sheet.xlsx ? (
          <FileLink slug={slug} sheet={sheet.name} format="xlsx" />
        ) : (
          <small>More rows than a workbook holds: take CSV.</small>
        )}
      </div>
      {download && (
        <DownloadState download={download}>
          <FileLink slug={slug} sheet={sheet.name} format={download.format} again />
        </DownloadState>
      )}
    </li>
  )
}

/** What of the matches another import would not take as it is. */
function Limits({ all }: { all: Sheets }) {
  const { markets_left_out: leftOut } = all
  if (leftOut === 0) return null
  return (
    <p>
      It has one market for each match: {plural(leftOut, 'other market is', 'other markets are')} not in it.
    </p>
  )
}

interface FileLinkProps {
  slug: string
  sheet: SheetName
  format: Format
  /** The same once more. */
  again?: boolean
}

/**
 * A plain link: the browser fetches the file, shows it among its downloads, and goes on when this page is left. Each click
 * has a number of its own, by which the server tells how far it has come.
 */
function FileLink({ again = false, ...asked }: FileLinkProps) {
  const name = FORMAT_NAME[asked.format]
  return (
    <LinkButton look="plain">
      <a
        href={addressOf(asked)}
        download
        aria-label={again ? undefined : `${ABOUT[asked.sheet].title} as ${name}`}
        onClick={(event) => {
          event.currentTarget.href = begin(asked)
        }}
      >
        {again ? 'Try again' : name}
      </a>
    </LinkButton>
  )
}
