import {
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from 'react'
import { type Currency, figure, money, parseMoney, symbolOf, unreadWords } from '@/shared/money'
import styles from './Field.module.css'

interface Labels {
  label: string
  /** What is wrong with what stands in it. */
  wrong?: string
  hint?: string
}

/** A label, what it labels, and under it what is wrong or worth knowing. */
function Labelled({ id, label, wrong, hint, children }: Labels & { id: string; children: ReactNode }) {
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      {children}
      {(wrong || hint) && (
        <p id={`${id}-note`} data-wrong={wrong ? '' : undefined}>
          {wrong ? `✕ ${wrong}` : hint}
        </p>
      )}
    </div>
  )
}

/** What ties a control to its label and note. */
const tiesOf = (id: string, { wrong, hint }: Labels) => ({
  id,
  'aria-invalid': Boolean(wrong),
  'aria-describedby': wrong || hint ? `${id}-note` : undefined,
})

/** A labelled input that says at the field what is wrong. */
export function Field({ label, wrong, hint, ...input }: Labels & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId()
  const labels = { label, wrong, hint }
  return (
    <Labelled id={id} {...labels}>
      <input {...input} {...tiesOf(id, labels)} />
    </Labelled>
  )
}

/** The same for several lines. */
export function TextField({
  label,
  wrong,
  hint,
  ...area
}: Labels & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const id = useId()
  const labels = { label, wrong, hint }
  return (
    <Labelled id={id} {...labels}>
      <textarea rows={3} {...area} {...tiesOf(id, labels)} />
    </Labelled>
  )
}

interface Option {
  value: string
  label: string
}

/** The same for one of several. */
export function SelectField({
  label,
  wrong,
  hint,
  options,
  ...select
}: Labels & SelectHTMLAttributes<HTMLSelectElement> & { options: readonly Option[] }) {
  const id = useId()
  const labels = { label, wrong, hint }
  return (
    <Labelled id={id} {...labels}>
      <select {...select} {...tiesOf(id, labels)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </Labelled>
  )
}

/** What is typed is no amount: what it may mean, or how amounts are written. */
function wordsOfNone(text: string, exponent: number): string {
  const decimals =
    exponent === 0 ? 'whole amounts' : `at most ${exponent} ${exponent === 1 ? 'decimal' : 'decimals'}`
  const example = figure(1250 * 10 ** exponent, exponent).replace(',', '')
  const either = exponent === 2 && /^\d{1,3}[.,]\d{3}$/.test(text.trim())
  return either ? `${unreadWords(text)}.` : `An amount in figures, ${decimals}, such as ${example}.`
}

interface MoneyProps extends Labels {
  currency: Currency
  text: string
  required?: boolean
  disabled?: boolean
  onText: (text: string) => void
}

/** The same for an amount, as text until it is sent: `parseMoney(text, exponent)` is its value, null while it is none. */
export function MoneyField({ label, wrong, hint, currency, text, onText, ...input }: MoneyProps) {
  const { exponent } = currency
  const isNone = text.trim() !== '' && parseMoney(text, exponent) === null
  // Of three decimals and of thousands it could be either.
  const isPoint = exponent === 3 && /^\d{1,3},\d{3}$/.test(text.trim())
  const read = isPoint ? `Read as ${money(parseMoney(text, exponent) ?? 0, currency)}.` : undefined
  return (
    <Field
      {...input}
      label={`${label}, in ${symbolOf(currency.currency)}`}
      wrong={isNone ? wordsOfNone(text, exponent) : wrong}
      hint={read ?? hint}
      inputMode="decimal"
      autoComplete="off"
      value={text}
      onChange={(event) => onText(event.target.value)}
    />
  )
}
