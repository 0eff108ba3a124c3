import { Dialog } from '@/shared/ui/Dialog'
import { overlay } from '@/shared/ui/overlay'
import styles from './keyHelp.module.css'

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
export function showKeys() {
  overlay((close) => (
    <Dialog title="Keys" onClose={close}>
      <dl className={styles.keys}>
        {KEYS.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  ))
}
