/** In the sandbox: one click, and one is somebody. */

import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { api, must } from '@/api/client'
import { serverQuery } from '@/shared/server'
import { signedIn } from '@/shared/session'
import { Failure } from '@/shared/ui/Note'
import styles from './people.module.css'

type Role = 'bettor' | 'organizer' | 'auditor' | 'admin'

/** `tournament` is where to go to; without one it is the first this somebody belongs to. */
export function SandboxDoor({ tournament }: { tournament?: string }) {
  const { data: server } = useQuery(serverQuery)
  const navigate = useNavigate()
  const entering = useMutation({
    mutationFn: (as: Role) => must(api.POST('/api/sandbox/sign-in', { body: { as } })),
    onSuccess: (me, as) => {
      signedIn(me)
      if (as === 'auditor') return navigate({ to: '/audit' })
      if (as === 'admin') return navigate({ to: '/ops' })
      const slug = tournament ?? me.memberships[0]?.slug
      if (!slug) return
      navigate({ to: as === 'organizer' ? '/org/t/$slug' : '/t/$slug', params: { slug } })
    },
  })
  if (!server?.demo) return null
  return (
    <section className={styles.door} aria-labelledby="sandbox">
      <h2 id="sandbox">Try the sandbox</h2>
      <button
        type="button"
        data-look="main"
        disabled={entering.isPending}
        onClick={() => entering.mutate('bettor')}
      >
        <b>Try it as a bettor</b>
        <span>Play money, a wallet with some in it, the board live</span>
      </button>
      <button type="button" disabled={entering.isPending} onClick={() => entering.mutate('organizer')}>
        <b>Try it as the organizer</b>
        <span>Open and close matches, enter results, settle</span>
      </button>
      <p className={styles.also}>
        Also:{' '}
        <button type="button" disabled={entering.isPending} onClick={() => entering.mutate('auditor')}>
          as the auditor
        </button>
        , who reads every change in the log, or{' '}
        <button type="button" disabled={entering.isPending} onClick={() => entering.mutate('admin')}>
          as the operator
        </button>
        , who keeps the server well.
      </p>
      <Failure error={entering.error} />
    </section>
  )
}
