import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { CodeForm } from '@/features/people/CodeForm'
import { RegisterForm } from '@/features/people/forms'
import { serverQuery } from '@/shared/server'
import { Note } from '@/shared/ui/Note'
import { Page } from '../Page'
import { useGoBack } from '../useGoBack'

/** The code of the invitation that somebody goes back to. */
const invitationOf = (next: string | undefined) => next?.match(/^\/join\/([^/?#]+)/)?.[1]

export default function RegisterRoute() {
  const { next } = useSearch({ from: '/pages/register' })
  const goBack = useGoBack(next)
  const navigate = useNavigate()
  const server = useQuery(serverQuery)
  const invitation = invitationOf(next)
  const needsCode = server.data?.sandbox && !invitation
  return (
    <Page title="Register" isForm>
      {needsCode ? (
        <>
          <Note tone="plain" icon="in" title="Accounts here are by invitation.">
            Follow the link that you were sent, or enter its code.
          </Note>
          <CodeForm onCode={(code) => navigate({ to: '/join/$code', params: { code } })} />
        </>
      ) : (
        <RegisterForm onDone={goBack} invitation={invitation} />
      )}
      <p>
        Already registered?{' '}
        <Link to="/sign-in" search={{ next }}>
          Sign in
        </Link>
      </p>
    </Page>
  )
}
