/** Links between the rooms of a page. The one where the reader is stays in sight where not all of them fit. */

import { type ReactNode, useEffect, useRef } from 'react'
import styles from './Tabs.module.css'

interface Props {
  label: string
  /** Changes with the room: which of the links is the current one. */
  current: string | undefined
  className?: string
  /** The links; the current one has `aria-current`. */
  children: ReactNode
}

export function Tabs({ label, current, className = '', children }: Props) {
  const nav = useRef<HTMLElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is another room that moves the mark.
  useEffect(() => {
    nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' })
  }, [current])
  return (
    <nav ref={nav} className={`${styles.tabs} ${className}`} aria-label={label}>
      {children}
    </nav>
  )
}
