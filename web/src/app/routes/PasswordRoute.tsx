import { PasswordForm } from '@/features/people/PasswordForm'
import { Page } from '../Page'
import { useGoBack } from '../useGoBack'

export default function PasswordRoute() {
  const goBack = useGoBack()
  return (
    <Page title="Set a new password" isForm>
      <PasswordForm onDone={goBack} />
    </Page>
  )
}
