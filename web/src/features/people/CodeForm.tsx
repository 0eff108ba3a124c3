/** A field for the code of an invitation, as a poster has it. */

import { type FormEvent, useState } from 'react'
import { Button } from '@/shared/ui/Button'
import { Field } from '@/shared/ui/Field'
import { codeOf } from './code'
import styles from './people.module.css'

export function CodeForm({ onCode }: { onCode: (code: string) => void }) {
  const [typed, setTyped] = useState('')
  const code = codeOf(typed)
  function onSubmit(event: FormEvent) {
    event.preventDefault()
    if (code) onCode(code)
  }
  return (
    <form className={styles.form} onSubmit={onSubmit}>
      <Field
        label="Code"
        hint="Ten letters and figures, as in 7K3QX-M9TPA. Small or capital does not matter."
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        maxLength={100}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <Button type="submit" disabled={code === null}>
        Look at the invitation
      </Button>
    </form>
  )
}
