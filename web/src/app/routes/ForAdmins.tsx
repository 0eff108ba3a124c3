/** The pages of whoever operates the server, with the ways between them. */

import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useMe } from '@/shared/session'
import { Note } from '@/shared/ui/Note'
import { Loading } from '@/shared/ui/States'
import { Tabs } from '@/shared/ui/Tabs'
import { Page, SignInFirst } from '../Page'

interface Props {
  title: string
  /** What is shown to who may look. */
  what: string
  children: ReactNode
}

export function ForAdmins({ title, what, children }: Props) {
  const me = useMe()
  return (
    <Page title={title} isWide>
      {me === undefined && <Loading what={what} />}
      {me === null && <SignInFirst what={what} />}
      {me && !me.admin && (
        <Note tone="bad" icon="cross" title="This page is for admins, who operate the server." />
      )}
      {me?.admin && (
        <>
          <Tabs label="Operations" current={title}>
            <Link to="/ops" activeOptions={{ exact: true }}>
              Server
            </Link>
            <Link to="/ops/accounts">Accounts</Link>
          </Tabs>
          {children}
        </>
      )}
    </Page>
  )
}
