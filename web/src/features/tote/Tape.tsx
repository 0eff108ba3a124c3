/** The latest bets in one line, newest first; one that does not fit whole is not shown. */

import { useEffect, useState } from 'react'
import type { Structure } from '@/feed/board'
import type { TapeRow } from '@/feed/messages'
import { useFeed } from '@/feed/useFeed'
import { money, wholeMoney } from '@/shared/money'
import styles from './Money.module.css'

const ROWS = 8
/** The line steps on no more often than this, however fast bets come. */
const STEP_MS = 500

function useTape(): readonly TapeRow[] {
  const feed = useFeed()
  const [rows, setRows] = useState<readonly TapeRow[]>([])
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const step = () => {
      timer = undefined
      setRows((feed.board()?.tape ?? []).slice(0, ROWS))
    }
    step()
    const off = feed.onBook(() => {
      timer ??= setTimeout(step, STEP_MS)
    })
    return () => {
      off()
      clearTimeout(timer)
    }
  }, [feed])
  return rows
}

export function Tape({ structure }: { structure: Structure }) {
  const rows = useTape()
  const { currency, exponent } = structure.tournament
  const nameOf = (outcome: number) => {
    const market = structure.markets.get(structure.marketOf.get(outcome) ?? 0)
    return market?.outcomes.find((one) => one.id === outcome)?.name
  }
  const say = (stake: number) =>
    (stake % 10 ** exponent === 0 ? wholeMoney : money)(stake, { currency, exponent })
  return (
    <ol className={styles.tape} aria-label="Latest bets" data-testid="tape">
      {rows.map(([outcome, stake, , at], i) => (
        // Two bets of one batch may be alike in all they say.
        // biome-ignore lint/suspicious/noArrayIndexKey: as above
        <li key={`${at} ${outcome} ${stake} ${i}`}>
          <b className="num">{say(stake)}</b> <bdi>{nameOf(outcome)}</bdi>
        </li>
      ))}
    </ol>
  )
}
