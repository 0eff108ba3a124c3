import { Icon, type IconName } from '@/shared/ui/Icon'
import styles from './Cockpit.module.css'
import type { Lamp, State } from './lamps'

const ICONS: Record<State, IconName> = { well: 'check', warn: 'warning', bad: 'cross', unknown: 'clock' }

export function Lamps({ lamps }: { lamps: readonly Lamp[] }) {
  return (
    <section aria-label="Lamps">
      <ul className={styles.lamps}>
        {lamps.map(({ name, state, word, why }) => (
          <li key={name} data-testid="lamp" data-lamp={name} data-state={state}>
            <span className={styles.lampName}>{name}</span>
            <b>
              <Icon name={ICONS[state]} /> {word}
            </b>
            <small>
              <bdi>{why}</bdi>
            </small>
          </li>
        ))}
      </ul>
      <p className="visually-hidden" role="status">
        {lamps
          .filter(({ state }) => state === 'bad' || state === 'warn')
          .map(({ name, word }) => `${name}: ${word}.`)
          .join(' ')}
      </p>
    </section>
  )
}
