import type { OddsMilli } from '@/shared/odds'
import { plural } from '@/shared/plural'
import { Icon } from '@/shared/ui/Icon'
import styles from './Margin.module.css'
import { MARGIN_HIGH_BPS, marginBps, marginText, toneOf } from './margin'

const WORDS = {
  negative: 'Below zero: whoever backs every outcome wins for certain.',
  high: `Above ${marginText(MARGIN_HIGH_BPS)}: check the odds.`,
  fine: '',
}

/** The margin of odds as they stand now; null is an outcome without. */
export function Margin({ odds, places = 1 }: { odds: ReadonlyArray<OddsMilli | null>; places?: number }) {
  const priced = odds.filter((one) => one !== null)
  const isWhole = priced.length === odds.length && odds.length > 1
  const bps = isWhole ? marginBps(priced, places) : null
  const tone = bps === null ? 'fine' : toneOf(bps)
  return (
    <p className={styles.margin} data-tone={tone} data-testid="margin">
      <span>Margin</span> <b className="num">{bps === null ? '–' : marginText(bps)}</b>{' '}
      {tone !== 'fine' && (
        <span className={styles.warning}>
          <Icon name="warning" className={styles.icon} /> {WORDS[tone]}
        </span>
      )}
      {bps === null && odds.length > 0 && (
        <span>
          {priced.length} of {plural(odds.length, 'outcome')} priced
        </span>
      )}
    </p>
  )
}
