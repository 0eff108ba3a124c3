/** The last minute by second, as bars in one path. The figures beside it say the same, so it is only to be seen. */

import styles from './Cockpit.module.css'

const HEIGHT = 24

export function Spark({ values }: { values: readonly number[] }) {
  const most = Math.max(1, ...values)
  const bars = values.map((value, i) => {
    const tall = value > 0 ? Math.max(1.5, (value / most) * HEIGHT) : 0.5
    return `M${i + 0.5} ${HEIGHT}v${-tall}`
  })
  return (
    <svg
      className={styles.spark}
      viewBox={`0 0 ${values.length} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path d={bars.join('')} />
    </svg>
  )
}
