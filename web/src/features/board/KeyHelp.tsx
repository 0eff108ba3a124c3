import { useRef } from 'react'
import { useKeys } from '@/shared/keys'
import styles from './KeyHelp.module.css'

const KEYS: Array<[string, string]> = [
  ['1 – 9', 'Pick an outcome of the selected match'],
  ['S', 'Go to the stake'],
  ['↑ ↓', 'Step the stake by 5'],
  ['Enter', 'Place the bet'],
  ['Esc', 'Clear the slip'],
  ['R', 'Read the odds of the selected match'],
  ['?', 'This help'],
]

/** The keys, on `?`. */
export function KeyHelp() {
  const dialog = useRef<HTMLDialogElement>(null)
  useKeys({ '?': () => dialog.current?.showModal() })
  return (
    <dialog ref={dialog} className={styles.help} aria-labelledby="keys-title">
      <h2 id="keys-title">Keys</h2>
      <dl>
        {KEYS.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  )
}
