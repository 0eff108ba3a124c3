/** The frame of every page but the board and the desk: header, heading, one column. */

import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useMe } from '@/shared/session'
import { Failure } from '@/shared/ui/Note'
import { Header } from './Header'
import { lastTournament } from './lastTournament'
import styles from './Page.module.css'

interface Props {
  title: string
  children: ReactNode
  /** A narrow column for forms, a wide one for tables and instruments. */
  isForm?: boolean
  isWide?: boolean
}

export function Page({ title, children, isForm = false, isWide = false }: Props) {
  const me = useMe()
  return (
    <>
      <Header title="Toteboard" slug={lastTournament()} me={me} />
      <main className={styles.page} data-form={isForm || undefined} data-wide={isWide || undefined}>
        <h1>{title}</h1>
        {children}
      </main>
    </>
  )
}

/** What a page shows to somebody who is not signed in. */
export function SignInFirst({ what }: { what: string }) {
  return (
    <p className={styles.first}>
      <Link to="/sign-in">Sign in</Link> to see {what}.
    </p>
  )
}

export function PageFailed({ error }: { error: unknown }) {
  return (
    <main className={styles.page}>
      <h1>This page could not be shown</h1>
      <Failure error={error} />
      <p>
        <a href="/">See all tournaments</a>
      </p>
    </main>
  )
}
