/** The operator's cockpit, for admins. */

import { Cockpit } from '@/features/ops/Cockpit'
import { useMe } from '@/shared/session'
import { Note } from '@/shared/ui/Note'
import { Loading } from '@/shared/ui/States'
import { Page, SignInFirst } from '../Page'

export default function OpsRoute() {
  const me = useMe()
  return (
    <Page title="Operations" isWide>
      {me === undefined && <Loading what="the instruments" />}
      {me === null && <SignInFirst what="how the server is" />}
      {me && !me.admin && (
        <Note tone="bad" icon="cross" title="This page is for admins, who operate the server." />
      )}
      {me?.admin && <Cockpit />}
    </Page>
  )
}
