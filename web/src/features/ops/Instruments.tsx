/** The figures: large, of one width, with the last minute behind them where there is one. */

import type { ReactNode } from 'react'
import type { Ops } from '@/api/types'
import { plural } from '@/shared/plural'
import styles from './Cockpit.module.css'
import { Spark } from './Spark'
import { span, whole } from './words'

interface Props {
  name: string
  figure: string
  unit?: string
  children?: ReactNode
  spark?: readonly number[]
}

function Instrument({ name, figure, unit, children, spark }: Props) {
  return (
    <li className={styles.instrument}>
      <span className={styles.name}>{name}</span>
      <strong className="num">
        {figure}
        {unit && <small> {unit}</small>}
      </strong>
      {spark && <Spark values={spark} />}
      {children && <p className="num">{children}</p>}
    </li>
  )
}

const largest = (values: readonly number[]) => Math.max(0, ...values)
const totalOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0)

type Intake = NonNullable<Ops['intake']>
type Feed = NonNullable<Ops['feed']>
type Bus = NonNullable<Ops['bus']>
type Sockets = NonNullable<Ops['sockets']>

function OfBets({ intake: { lanes, bets_by_second } }: { intake: Intake }) {
  const batches = totalOf(lanes.map(({ batch }) => batch.count))
  return (
    <>
      <Instrument
        name="Bets decided, last minute"
        figure={whole(totalOf(bets_by_second))}
        unit={`at most ${whole(largest(bets_by_second))} a second`}
        spark={bets_by_second}
      >
        {whole(totalOf(lanes.map(({ bets }) => bets)))} since the start
      </Instrument>
      <Instrument
        name="Batch size"
        figure={whole(largest(lanes.map(({ batch }) => batch.max)))}
        unit="largest, last minute"
      >
        {lanes
          .map((lane, n) => `lane ${n + 1}: last ${lane.batch.last ?? '–'}, mean ${lane.batch.mean ?? '–'}`)
          .join(' · ')}{' '}
        · {whole(batches)} sets
      </Instrument>
      <Instrument name="Queue" figure={whole(totalOf(lanes.map(({ queue }) => queue)))} unit="bets waiting">
        waited at most {whole(largest(lanes.map(({ wait_ms }) => wait_ms.max)))} ms, decided in at most{' '}
        {whole(largest(lanes.map(({ set_ms }) => set_ms.max)))} ms · room for{' '}
        {whole(totalOf(lanes.map(({ queue_max }) => queue_max)))}
      </Instrument>
    </>
  )
}

function OfFeed({ feed }: { feed: Feed }) {
  return (
    <Instrument
      name="Feed lag"
      figure={feed.lag_ms.last === null ? '–' : whole(feed.lag_ms.last)}
      unit="ms, commit to board"
      spark={feed.lag_by_second}
    >
      at most {whole(feed.lag_ms.max)} ms in the last minute · {plural(feed.boards, 'board')} ·{' '}
      {whole(feed.events_behind)} events behind
    </Instrument>
  )
}

function OfBus({ bus, isFeed }: { bus: Bus; isFeed: boolean }) {
  const word = !bus.connected ? 'away' : isFeed && !bus.heard ? 'silent' : 'connected'
  return (
    <Instrument name="Bus" figure={word}>
      {isFeed && (bus.heard ? 'events come from it · ' : 'events come from the database · ')}
      {whole(bus.messages_heard)} messages heard, {whole(bus.messages_said)} said ·{' '}
      {plural(bus.holes, 'hole')} filled · {whole(bus.silences)} silences since the start
    </Instrument>
  )
}

function OfReplica({ replica }: { replica: NonNullable<Ops['replica']> }) {
  const { age_s, why_not, reads } = replica
  return (
    <Instrument
      name="Replica read"
      figure={why_not ? 'no' : (age_s ?? 0).toFixed(1)}
      unit={why_not ? undefined : 's behind'}
    >
      {why_not && `${why_not} · `}
      {whole(reads.replica ?? 0)} reads there, {whole(reads.primary ?? 0)} from the primary instead,{' '}
      {whole(reads.refused ?? 0)} refused
    </Instrument>
  )
}

/** Sockets that the server chose to end, since its start. */
function closedByUs({ closed }: Sockets) {
  return Object.entries(closed).reduce((sum, [why, many]) => (why === 'client' ? sum : sum + many), 0)
}

function OfSockets({ sockets }: { sockets: Sockets }) {
  return (
    <Instrument name="Sockets" figure={whole(sockets.open)} unit={`of ${whole(sockets.max)}`}>
      {whole(sockets.behind)} too slow now, {whole(sockets.fell_behind)} since the start ·{' '}
      {whole(sockets.frames)} frames · {whole(sockets.closed.client ?? 0)} went, {whole(closedByUs(sockets))}{' '}
      we closed
    </Instrument>
  )
}

function FailedSets({ lanes }: { lanes: Intake['lanes'] }) {
  if (lanes.every(({ errors }) => errors === 0)) return null
  return (
    <ul className={styles.laneErrors}>
      {lanes.map(
        (lane, n) =>
          lane.errors > 0 && (
            // biome-ignore lint/suspicious/noArrayIndexKey: a lane is its number
            <li key={n}>
              Lane {n + 1}: {whole(lane.errors)} failed sets since the start, the last:{' '}
              <bdi>{lane.last_error}</bdi>
            </li>
          ),
      )}
    </ul>
  )
}

function FailedLoops({ loops }: { loops: Ops['loops'] }) {
  const failed = loops.filter(({ errors }) => errors > 0)
  if (failed.length === 0) return null
  return (
    <ul className={styles.laneErrors}>
      {failed.map(({ name, alive, errors, last_error }) => (
        <li key={name}>
          {name}: {plural(errors, 'unexpected error')} since the start, the last: <bdi>{last_error}</bdi>
          {alive ? ' It goes on.' : ' It keeps failing.'}
        </li>
      ))}
    </ul>
  )
}

const megabytes = (bytes: number) => `${whole(Math.ceil(bytes / 1e6))} MB`
const ago = (now: string, at: string) => span((Date.parse(now) - Date.parse(at)) / 1000)

/** When it was last backed up, and who takes every change at once. */
function OfBackups({ at, storage }: { at: string; storage: NonNullable<Ops['storage']> }) {
  const taken = storage.backups.find(({ kind }) => kind === 'taken')
  const drilled = storage.backups.find(({ kind }) => kind === 'drilled')
  return (
    <Instrument
      name="Last backup"
      figure={taken ? ago(at, taken.at) : 'none'}
      unit={taken ? `ago, ${megabytes(taken.bytes)}` : '`toteboard backup` takes one'}
    >
      {drilled
        ? `tried ${ago(at, drilled.at)} ago: ${drilled.whole ? 'whole' : 'its books differ'}`
        : 'never tried: `toteboard drill`'}
      {storage.streams.map(({ name, streams, behind_bytes }) => (
        <span key={name}>
          {' · '}
          <bdi>{name}</bdi>: {streams ? `${megabytes(behind_bytes ?? 0)} behind` : 'takes nothing'}
        </span>
      ))}
    </Instrument>
  )
}

function OfDisk({ free, size }: { free: number; size: number }) {
  return (
    <Instrument name="Disk" figure={whole(Math.floor((100 * free) / size))} unit="% free">
      {megabytes(free)} of {megabytes(size)}, where the database is
    </Instrument>
  )
}

/** A process that serves no bets, or no feed, has no figures of them. */
export function Instruments({ ops }: { ops: Ops }) {
  const { feed, sockets, intake, pool, database, process } = ops
  return (
    <section aria-label="Instruments">
      <ul className={styles.instruments}>
        {intake && <OfBets intake={intake} />}
        {feed && <OfFeed feed={feed} />}
        {ops.replica && <OfReplica replica={ops.replica} />}
        {ops.bus && <OfBus bus={ops.bus} isFeed={feed !== null} />}
        {sockets && <OfSockets sockets={sockets} />}
        <Instrument
          name="Database"
          figure={database.answer_ms === null ? '–' : whole(database.answer_ms)}
          unit="ms to answer"
        >
          {plural(ops.books?.tournaments ?? 0, 'tournament')} in it
          {ops.storage && ` · PostgreSQL ${ops.storage.version}`}
        </Instrument>
        {ops.storage && <OfBackups at={ops.at} storage={ops.storage} />}
        {ops.storage?.disk_free_bytes != null && ops.storage.disk_size_bytes != null && (
          <OfDisk free={ops.storage.disk_free_bytes} size={ops.storage.disk_size_bytes} />
        )}
        <Instrument name="Connections" figure={whole(pool.in_use)} unit={`of ${whole(pool.max)} in use`}>
          {whole(pool.open)} open, for everything but bets; each of{' '}
          {plural(intake?.lanes.length ?? 0, 'lane')} has its own
        </Instrument>
        <Instrument
          name="Background loops"
          figure={whole(ops.loops.filter(({ alive }) => alive).length)}
          unit={`of ${whole(ops.loops.length)} at work`}
        >
          {ops.loops.map(({ name }) => name).join(' · ')}
        </Instrument>
        <Instrument name="Up" figure={span(process.uptime_s)}>
          since {process.started_at.slice(0, 19).replace('T', ' ')} UTC
        </Instrument>
      </ul>
      {intake && <FailedSets lanes={intake.lanes} />}
      <FailedLoops loops={ops.loops} />
    </section>
  )
}
