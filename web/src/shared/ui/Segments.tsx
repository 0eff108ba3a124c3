import { useId } from 'react'
import styles from './Segments.module.css'

interface Props<T extends string> {
  label: string
  /** Null: none yet. */
  value: T | null
  options: Array<{ value: T; label: string; words: string }>
  onChoose: (value: T) => void
}

/** One of a few, side by side: radio buttons in the shape of a switch. */
export function Segments<T extends string>({ label, value, options, onChoose }: Props<T>) {
  const name = useId()
  return (
    <fieldset className={styles.segments}>
      <legend className="visually-hidden">{label}</legend>
      {options.map((option) => (
        <label key={option.value} data-selected={option.value === value || undefined}>
          <input
            type="radio"
            className="visually-hidden"
            name={name}
            checked={option.value === value}
            aria-label={option.words}
            onChange={() => onChoose(option.value)}
          />
          <span className="num">{option.label}</span>
        </label>
      ))}
    </fieldset>
  )
}
