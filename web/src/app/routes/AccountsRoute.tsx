/** Everybody with an account here, for admins. */

import { Everybody } from '@/features/admin/Everybody'
import { ForAdmins } from './ForAdmins'

export default function AccountsRoute() {
  return (
    <ForAdmins title="Accounts" what="the accounts">
      <Everybody />
    </ForAdmins>
  )
}
