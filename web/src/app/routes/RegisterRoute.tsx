import { Link, useSearch } from '@tanstack/react-router'
import { RegisterForm } from '@/features/people/forms'
import { Page } from '../Page'
import { useGoBack } from '../useGoBack'

/** The code of the invitation that somebody goes back to. */
const invitationOf = (next: string | undefined) => next?.match(/^\/join\/([^/?#]+)/)?.[1]

export default function RegisterRoute() {
  const { next } = useSearch({ from: '/pages/register' })
  const goBack = useGoBack(next)
  return (
    <Page title="Register" isForm>
      <RegisterForm onDone={goBack} invitation={invitationOf(next)} />
      <p>
        Already registered?{' '}
        <Link to="/sign-in" search={{ next }}>
          Sign in
        </Link>
      </p>
    </Page>
  )
}
