import { type InputHTMLAttributes, useId } from 'react'
import styles from './Field.module.css'

interface Props extends InputHTMLAttributes<HTMLInputElement> {
  label: string
  /** What is wrong with what stands in it. */
  wrong?: string
  hint?: string
}

/** A labelled input that says at the field what is wrong. */
export function Field({ label, wrong, hint, ...input }: Props) {
  const id = useId()
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <input
        {...input}
        id={id}
        aria-invalid={Boolean(wrong)}
        aria-describedby={wrong || hint ? `${id}-note` : undefined}
      />
      {(wrong || hint) && (
        <p id={`${id}-note`} data-wrong={wrong ? '' : undefined}>
          {wrong ? `✕ ${wrong}` : hint}
        </p>
      )}
    </div>
  )
}
