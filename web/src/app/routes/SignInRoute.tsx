import { Link, useSearch } from '@tanstack/react-router'
import { SignInForm } from '@/features/people/forms'
import { SandboxDoor } from '@/features/people/SandboxDoor'
import { useAbsence } from '@/shared/session'
import { Note } from '@/shared/ui/Note'
import { Page } from '../Page'
import { useGoBack } from '../useGoBack'

export default function SignInRoute() {
  const { next } = useSearch({ from: '/pages/sign-in' })
  const goBack = useGoBack(next)
  const hasEnded = useAbsence() === 'ended'
  return (
    <Page title="Sign in" isForm>
      {hasEnded && (
        <Note tone="warn" icon="clock" title="Your session has ended.">
          Sign in again to go on where you were.
        </Note>
      )}
      <SignInForm onDone={goBack} />
      <p>
        No account yet?{' '}
        <Link to="/register" search={{ next }}>
          Register
        </Link>
      </p>
      <p>
        Forgot your password? <Link to="/password">Set a new one</Link>
      </p>
      <SandboxDoor />
    </Page>
  )
}
