/** Asks once more before something is done: what it means, and the button that does it. */

import type { ReactNode } from 'react'
import { Button } from './Button'
import styles from './Confirm.module.css'
import { Dialog } from './Dialog'
import { Failure } from './Note'

interface Props {
  title: string
  /** What the button does: "Make her a cashier". */
  action: string
  isDanger?: boolean
  isPending: boolean
  error: unknown
  onConfirm: () => void
  onClose: () => void
  /** What it means. */
  children: ReactNode
}

export function Confirm({ title, action, isDanger, isPending, error, onConfirm, onClose, children }: Props) {
  return (
    <Dialog title={title} onClose={onClose}>
      <div className={styles.confirm}>
        {children}
        <Failure error={error} />
        <div className={styles.buttons}>
          <Button look={isDanger ? 'danger' : 'main'} disabled={isPending} onClick={onConfirm}>
            {action}
          </Button>
          <Button look="plain" onClick={onClose}>
            Leave it
          </Button>
        </div>
      </div>
    </Dialog>
  )
}
