import { zoneHere } from '@/shared/inputTimes'
import { Field } from '@/shared/ui/Field'

/** When the first match of a tournament begins that is made from another. */
export function FirstAt({ text, onText }: { text: string; onText: (text: string) => void }) {
  return (
    <Field
      label="When the first match begins"
      type="datetime-local"
      hint={`On this device's clock (${zoneHere()}). All others move with it. Empty: the times stay.`}
      value={text}
      onChange={(event) => onText(event.target.value)}
    />
  )
}
