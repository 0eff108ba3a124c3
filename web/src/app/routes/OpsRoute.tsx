/** The operator's cockpit, for admins. */

import { Cockpit } from '@/features/ops/Cockpit'
import { ForAdmins } from './ForAdmins'

export default function OpsRoute() {
  return (
    <ForAdmins title="Operations" what="how the server is">
      <Cockpit />
    </ForAdmins>
  )
}
