/** A word on a coloured ground: the state of a market, what a file does to a match. */

import type { ReactNode } from 'react'
import styles from './Chip.module.css'

export type ChipTone = 'plain' | 'strong' | 'chosen' | 'pending' | 'good'

export function Chip({ tone = 'plain', className = '', children }: ChipProps) {
  return (
    <span className={`${styles.chip} ${className}`} data-tone={tone}>
      {children}
    </span>
  )
}

interface ChipProps {
  tone?: ChipTone
  /** Where it stands; how it looks is its own. */
  className?: string
  children: ReactNode
}
