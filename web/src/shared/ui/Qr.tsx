/** A QR code as one SVG path: dark on white whatever the theme, since scanners want it so. */

import { useMemo } from 'react'
import { encode } from 'uqr'
import styles from './Qr.module.css'

const QUIET = 2

/** `says` names it for those who cannot see it: "QR code to join Riverside Open". */
export function Qr({ text, says }: { text: string; says: string }) {
  const { size, path } = useMemo(() => {
    const code = encode(text, { ecc: 'M', border: QUIET })
    const cells = code.data.flatMap((row, y) => row.map((on, x) => (on ? `M${x} ${y}h1v1h-1z` : '')))
    return { size: code.size, path: cells.join('') }
  }, [text])
  return (
    <svg
      className={styles.qr}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      role="img"
      aria-label={says}
    >
      <path d={path} />
    </svg>
  )
}
