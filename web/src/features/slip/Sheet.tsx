/** On a phone: a sheet over the board, and a small bar to open it again. */

import { type ReactNode, useEffect, useRef, useState } from 'react'
import styles from './Sheet.module.css'

interface SheetProps {
  title: string
  line: string
  isUrgent: boolean
  children: ReactNode
}

export function Sheet({ title, line, isUrgent, children }: SheetProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [isOpen, setOpen] = useState(true)

  useEffect(() => {
    const element = dialog.current
    if (!element) return
    if (isOpen && !element.open) {
      element.showModal()
      // Not the first button in it, whose ring and name would come before the pick's.
      element.focus()
    }
    if (!isOpen && element.open) element.close()
  }, [isOpen])

  return (
    <>
      <button type="button" className={styles.bar} data-testid="slip-bar" onClick={() => setOpen(true)}>
        <span className={styles.handle} />
        <span className={styles.what}>
          <b className="given">{title}</b>
          <span className="num">{line}</span>
        </span>
        <em>{isUrgent ? 'See slip' : 'Open slip'}</em>
      </button>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: a tap beside the sheet; Escape closes a dialog by itself */}
      <dialog
        ref={dialog}
        className={styles.sheet}
        tabIndex={-1}
        aria-label="Bet slip"
        onClose={() => setOpen(false)}
        onClick={(event) => {
          if (event.target === dialog.current) setOpen(false)
        }}
      >
        <button
          type="button"
          className={styles.grab}
          aria-label="Hide the slip"
          onClick={() => setOpen(false)}
        >
          <span className={styles.handle} />
        </button>
        {isOpen && children}
        <button type="button" className={styles.feedback} data-feedback>
          Feedback
        </button>
      </dialog>
    </>
  )
}
