import { Account } from '@/features/account/Account'
import { ForSignedIn, Page } from '../Page'

export default function AccountRoute() {
  return (
    <Page title="Your account">
      <ForSignedIn what="your account">{(me) => <Account me={me} />}</ForSignedIn>
    </Page>
  )
}
