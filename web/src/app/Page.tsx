/** The frame of every page but the board and the desk: header, heading, one column. */

import { Link } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import type { Me } from '@/api/types'
import { useAbsence, useMe } from '@/shared/session'
import { Note } from '@/shared/ui/Note'
import { Loading } from '@/shared/ui/States'
import { Header } from './Header'
import { lastTournament } from './lastTournament'
import styles from './Page.module.css'
import { useHere } from './useGoBack'

interface Props {
  title: string
  children: ReactNode
  /** A narrow column for forms, a wide one for tables and instruments. */
  isForm?: boolean
  isWide?: boolean
}

export function Page({ title, children, isForm = false, isWide = false }: Props) {
  const me = useMe()
  useEffect(() => {
    document.title = `${title} – Toteboard`
  }, [title])
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

/** What a page shows to somebody who is not signed in, or no longer. Signing in leads back here. */
export function SignInFirst({ what }: { what: string }) {
  const here = useHere()
  const absence = useAbsence()
  if (absence === 'unreached') {
    return (
      <Note tone="warn" icon="offline" title="The server cannot be reached.">
        We do not know yet whether you are signed in. This page continues by itself when the server answers.
      </Note>
    )
  }
  return (
    <p className={styles.first} role={absence === 'ended' ? 'status' : undefined}>
      {absence === 'ended' && <b>Your session has ended. </b>}
      <Link to="/sign-in" search={{ next: here }}>
        Sign in
      </Link>{' '}
      to see {what}.
    </p>
  )
}

/** A page for those who are signed in, once it is known who looks. */
export function ForSignedIn({ what, children }: { what: string; children: (me: Me) => ReactNode }) {
  const me = useMe()
  if (me === undefined) return <Loading what={what} />
  return me === null ? <SignInFirst what={what} /> : children(me)
}
