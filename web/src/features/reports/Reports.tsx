/** The Reports room of the desk: what a tournament came to, as charts, tables and files, as of a moment. */

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { api, must } from '@/api/client'
import type { Report, ReportProgress, ReportTable } from '@/api/types'
import { type Currency, figure, money, shortFigure } from '@/shared/money'
import { plural } from '@/shared/plural'
import { exactTime } from '@/shared/time'
import { Button, LinkButton } from '@/shared/ui/Button'
import { Failure } from '@/shared/ui/Note'
import { Awaiting } from '@/shared/ui/States'
import { Chart } from './Chart'
import styles from './reports.module.css'
import {
  ABOUT,
  barName,
  cellText,
  drawnColumn,
  headText,
  isAmount,
  isNumber,
  NAMES,
  type Row,
} from './tables'

/** While one is made, and at rest. */
const MAKING_MS = 700
const RESTING_MS = 60_000
const BARS_MAX = 20
const ROWS_MAX = 12

const pathOf = (slug: string) => ({ params: { path: { which: slug } } })

export function Reports({ slug }: { slug: string }) {
  const queries = useQueryClient()
  const key = ['report', slug]
  const report = useQuery({
    queryKey: key,
    queryFn: () => must(api.GET('/api/tournament/{which}/report', pathOf(slug))),
    refetchInterval: ({ state }) => (state.data?.state === 'making' ? MAKING_MS : RESTING_MS),
  })
  const anew = useMutation({
    mutationFn: () => must(api.POST('/api/tournament/{which}/report', pathOf(slug))),
    onSuccess: (told) => queries.setQueryData(key, told),
  })
  const told = report.data
  return (
    <main className={styles.main}>
      <div className={styles.head}>
        <h1>Reports</h1>
        {told && <Making told={told} />}
        <Button
          look="plain"
          onClick={() => anew.mutate()}
          disabled={told?.state === 'making' || anew.isPending}
        >
          Make it anew
        </Button>
      </div>
      <Failure error={anew.error} />
      <Awaiting query={report} what="the report" />
      {told?.report && <Made slug={slug} report={told.report} />}
    </main>
  )
}

function Making({ told }: { told: ReportProgress }) {
  if (told.state === 'failed')
    return <p className={styles.state} role="alert">{`It could not be made: ${told.error}`}</p>
  if (told.state === 'done') return null
  return (
    <p className={styles.state} role="status">
      Making it: {told.done.toLocaleString('en')} of {plural(told.of, 'bet')} read
      <progress max={Math.max(1, told.of)} value={told.done} aria-label="Bets read" />
    </p>
  )
}

function Made({ slug, report }: { slug: string; report: Report }) {
  const tables = new Map(report.tables.map((table) => [table.name, table]))
  const house = (tables.get('rounds')?.items ?? []) as Row[]
  const result = house.reduce((sum, row) => sum + Number(row.house_result ?? 0), 0)
  return (
    <>
      <p className={styles.asOf} data-testid="as-of">
        As of <span className="num">{exactTime(report.as_of)}</span>
        {report.source === 'replica' &&
          `, read from the replica, ${(report.lag_ms / 1000).toFixed(1)} s old then`}
        .
      </p>
      <dl className={styles.totals}>
        <Total name="Bets" text={report.bets.toLocaleString('en')} />
        <Total name="Stakes" text={money(report.stakes, report)} />
        <Total name="Paid" text={money(report.paid, report)} />
        <Total name="House result" text={money(result, report)} />
      </dl>
      <div className={styles.tables}>
        {NAMES.map((name) => {
          const table = tables.get(name)
          return table && <Section key={name} slug={slug} table={table} currency={report} />
        })}
      </div>
    </>
  )
}

function Total({ name, text }: { name: string; text: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="num">{text}</dd>
    </div>
  )
}

interface SectionProps {
  slug: string
  table: ReportTable
  currency: Currency
}

function Section({ slug, table, currency }: SectionProps) {
  const { title, about, empty } = ABOUT[table.name]
  const rows = table.items as Row[]
  return (
    <section className={styles.section} data-table={table.name} aria-label={title}>
      <header>
        <h2>{title}</h2>
        <p>{about}</p>
      </header>
      {rows.length === 0 ? (
        <p className={styles.empty}>{empty}</p>
      ) : (
        <>
          <Drawn table={table} rows={rows} currency={currency} />
          <Rows table={table} rows={rows} currency={currency} title={title} />
          <p className={styles.files}>
            {(['csv', 'xlsx'] as const).map((format) => (
              <LinkButton key={format} look="plain">
                <a
                  href={`/api/tournament/${encodeURIComponent(slug)}/report/${table.name}?format=${format}`}
                  download
                  aria-label={`${title} as ${format.toUpperCase()}`}
                >
                  {format.toUpperCase()}
                </a>
              </LinkButton>
            ))}
            <span>
              {plural(table.rows, 'row')}
              {table.rows > rows.length && `; the files have all, this page the first ${rows.length}`}
            </span>
          </p>
        </>
      )}
    </section>
  )
}

function Drawn({ table, rows, currency }: { table: ReportTable; rows: Row[]; currency: Currency }) {
  const { title, chart } = ABOUT[table.name]
  const drawn = useMemo(() => {
    const unit = 10 ** currency.exponent
    const read = (column: string, row: Row) => Number(row[column] ?? 0) / (isAmount(column) ? unit : 1)
    if (chart.over === 'time') {
      return {
        x: rows.map((row) => Date.parse(String(row.time_utc)) / 1000),
        series: chart.columns.map((column) => ({
          name: headText(column),
          values: rows.map((row) => read(column, row)),
        })),
        names: undefined,
        bars: chart.bars ?? false,
      }
    }
    const column = drawnColumn(chart, rows)
    const largest = [...rows]
      .sort((one, other) => Math.abs(read(column, other)) - Math.abs(read(column, one)))
      .slice(0, BARS_MAX)
    const shown = rows.filter((row) => largest.includes(row))
    return {
      x: shown.map((_, at) => at),
      series: [{ name: headText(column), values: shown.map((row) => read(column, row)) }],
      names: shown.map((row) => barName(chart.name, row)),
      bars: true,
    }
  }, [rows, chart, currency.exponent])
  const isMoney = chart.over === 'time' || isAmount(chart.column)
  const text = useMemo(
    () => (value: number) => {
      if (!isMoney) return String(value)
      const minor = Math.round(value * 10 ** currency.exponent)
      const sign = minor < 0 ? '−' : ''
      return (
        sign +
        (Number.isInteger(value)
          ? shortFigure(Math.abs(minor), currency.exponent)
          : figure(Math.abs(minor), currency.exponent))
      )
    },
    [isMoney, currency.exponent],
  )
  return <Chart {...drawn} text={text} label={title} />
}

function Rows({
  table,
  rows,
  currency,
  title,
}: {
  table: ReportTable
  rows: Row[]
  currency: Currency
  title: string
}) {
  return (
    <details className={styles.rows} open={rows.length <= ROWS_MAX}>
      <summary>
        Table<span className="visually-hidden"> of {title}</span>
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse moves it by its keys */}
      <section className={styles.wide} tabIndex={0} aria-label={`${title}, the table`}>
        <table>
          <thead>
            <tr>
              {table.columns.map((column) => (
                <th key={column} scope="col" data-number={isNumber(column, rows) || undefined}>
                  {headText(column)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows of one look, in its order
              <tr key={at}>
                {table.columns.map((column) => (
                  <td
                    key={column}
                    className={isNumber(column, rows) ? 'num' : undefined}
                    data-number={isNumber(column, rows) || undefined}
                  >
                    {cellText(column, row[column] ?? null, currency)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  )
}
