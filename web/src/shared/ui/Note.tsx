import type { ReactNode } from 'react'
import { detailOf, Problem, titleOf } from '@/api/problem'
import { Icon, type IconName } from './Icon'
import styles from './Note.module.css'

interface Props {
  tone: 'warn' | 'bad' | 'good' | 'plain'
  icon: IconName
  title: string
  children?: ReactNode
  /** Announced at once: for refusals. */
  alert?: boolean
}

export function Note({ tone, icon, title, children, alert = false }: Props) {
  return (
    <div className={styles.note} data-tone={tone} role={alert ? 'alert' : undefined}>
      <Icon name={icon} className={styles.icon} />
      <p>
        <b>{title}</b> {children}
      </p>
    </div>
  )
}

/** A failed request, in the problem's own words. */
export function Failure({ error, children }: { error: unknown; children?: ReactNode }) {
  if (!error) return null
  return (
    <Note tone="bad" icon="cross" title={`${titleOf(error)}.`} alert>
      {error instanceof Problem ? detailOf(error) : 'Check your connection.'} {children}
    </Note>
  )
}
