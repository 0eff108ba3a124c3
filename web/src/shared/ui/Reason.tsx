import { REASON_LENGTH_MAX } from '@/shared/bounds'
import { Field } from './Field'

interface Props {
  label?: string
  value: string
  onValue: (value: string) => void
}

/** Why somebody does what the audit log keeps. */
export function Reason({ label = 'Why?', value, onValue }: Props) {
  return (
    <Field
      label={label}
      hint="It is recorded in the audit log."
      maxLength={REASON_LENGTH_MAX}
      value={value}
      onChange={(event) => onValue(event.target.value)}
    />
  )
}
