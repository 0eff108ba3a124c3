import { Link } from '@tanstack/react-router'
import { RegisterForm } from '@/features/people/forms'
import { Page } from '../Page'
import { useGoBack } from '../useGoBack'

export default function RegisterRoute() {
  const goBack = useGoBack()
  return (
    <Page title="Register" isForm>
      <RegisterForm onDone={goBack} />
      <p>
        Already registered? <Link to="/sign-in">Sign in</Link>
      </p>
    </Page>
  )
}
