/** One's own account: name, address, password; where one is signed in; tokens of scripts. */

import type { Me } from '@/api/types'
import { Panel } from '@/shared/ui/Panel'
import styles from './account.module.css'
import { DeleteAccount } from './DeleteAccount'
import { Identity } from './Identity'
import { NewPassword } from './NewPassword'
import { Sessions } from './Sessions'
import { Tokens } from './Tokens'

export function Account({ me }: { me: Me }) {
  return (
    <div className={styles.rooms}>
      <Panel title="Name and e-mail">
        <Identity me={me} />
      </Panel>
      <Panel title="Password">
        <NewPassword />
      </Panel>
      <Panel title="Where you are signed in">
        <Sessions />
      </Panel>
      <Panel title="API tokens">
        <Tokens />
      </Panel>
      <Panel title="Delete your account">
        <DeleteAccount />
      </Panel>
    </div>
  )
}
