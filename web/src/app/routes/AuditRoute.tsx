/** The audit log for auditors, organizers and admins; what is looked at stands in the address. */

import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { api, must } from '@/api/client'
import type { Me } from '@/api/types'
import { AuditLog } from '@/features/audit/AuditLog'
import { auditedBy, useMe } from '@/shared/session'
import { Note } from '@/shared/ui/Note'
import { FailedToLoad, Loading } from '@/shared/ui/States'
import { Page, SignInFirst } from '../Page'

export default function AuditRoute() {
  const me = useMe()
  return (
    <Page title="Audit log" isWide>
      {me === undefined && <Loading what="the log" />}
      {me === null && <SignInFirst what="the audit log" />}
      {me && <Allowed me={me} />}
    </Page>
  )
}

const PAGE = 200

function Allowed({ me }: { me: Me }) {
  const filters = useSearch({ from: '/pages/audit' })
  const navigate = useNavigate()
  const all = useQuery({
    queryKey: ['tournaments', 'audited'],
    enabled: me.admin,
    queryFn: () => must(api.GET('/api/tournament', { params: { query: { limit: PAGE } } })),
  })
  const own = auditedBy(me).map(({ tournament_id: id, name }) => ({ id, name }))
  const tournaments = me.admin ? (all.data?.items ?? own) : own
  const first = own[0]
  if (!me.admin && !first) {
    return (
      <Note tone="bad" icon="cross" title="The log is for auditors and organizers.">
        You are not one of them in any tournament.
      </Note>
    )
  }
  if (me.admin && all.isPending) return <Loading what="the tournaments" />
  return (
    <>
      {me.admin && <FailedToLoad error={all.error} onRetry={() => all.refetch()} />}
      <AuditLog
        filters={me.admin || filters.tournament ? filters : { ...filters, tournament: first?.id }}
        tournaments={tournaments}
        mayAll={me.admin}
        onFilters={(search) => navigate({ to: '/audit', search })}
      />
    </>
  )
}
