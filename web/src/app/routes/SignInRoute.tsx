import { Link } from '@tanstack/react-router'
import { SignInForm } from '@/features/people/forms'
import { SandboxDoor } from '@/features/people/SandboxDoor'
import { Page } from '../Page'
import { useGoBack } from '../useGoBack'

export default function SignInRoute() {
  const goBack = useGoBack()
  return (
    <Page title="Sign in" isForm>
      <SignInForm onDone={goBack} />
      <p>
        No account yet? <Link to="/register">Register</Link>
      </p>
      <SandboxDoor />
    </Page>
  )
}
