/** The way back in: a code from an organizer or by e-mail, and a new password. */

import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api, must } from '@/api/client'
import { serverQuery } from '@/shared/server'
import { Button } from '@/shared/ui/Button'
import { Field } from '@/shared/ui/Field'
import { Failure, Note } from '@/shared/ui/Note'
import { PASSWORD_MIN, wrongNewPassword } from './entry'
import styles from './people.module.css'
import { useEntering } from './useEntering'

export function PasswordForm({ onDone }: { onDone: () => void }) {
  const server = useQuery(serverQuery)
  const { onSubmit, wrong, said, isOff } = useEntering({
    check: wrongNewPassword,
    ask: ({ code, password, email }) =>
      must(api.POST('/api/password', { body: { code, password, ...(email && { email }) } })),
    onDone,
  })
  return (
    <>
      {server.data && !server.data.mail && (
        <Note tone="plain" icon="in" title="Ask for a code at the desk.">
          An organizer can make one for you; it works for a day. An administrator uses{' '}
          <code>toteboard admin reset</code>.
        </Note>
      )}
      {server.data?.mail && <ByMail />}
      <form className={styles.form} onSubmit={onSubmit} noValidate>
        <Field label="Code" name="code" autoComplete="one-time-code" required wrong={wrong('code')} />
        <Field
          label="New password"
          name="password"
          type="password"
          autoComplete="new-password"
          required
          hint={`At least ${PASSWORD_MIN} characters; longer is safer.`}
          wrong={wrong('password')}
        />
        <Field
          label="E-mail, if you have none here yet"
          name="email"
          type="email"
          autoComplete="username"
          hint="Only if you were added from a list without an e-mail address."
          wrong={wrong('email')}
        />
        {said}
        <Button type="submit" disabled={isOff}>
          Set the password and sign in
        </Button>
      </form>
    </>
  )
}

/** Asks for a letter; the answer does not say who is registered. */
function ByMail() {
  const [email, setEmail] = useState('')
  const asking = useMutation({
    mutationFn: () => must(api.POST('/api/password/forgotten', { body: { email: email.trim() } })),
  })
  return (
    <form
      className={styles.form}
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        if (email.trim()) asking.mutate()
      }}
    >
      <Field
        label="Your e-mail"
        type="email"
        autoComplete="username"
        value={email}
        onChange={(event) => setEmail(event.target.value)}
      />
      <Failure error={asking.error} />
      <div role="status">
        {asking.isSuccess && (
          <Note tone="good" icon="check" title="E-mail sent.">
            If an account has this address, the e-mail has a code that works for one hour. You can also ask an
            organizer for a code.
          </Note>
        )}
      </div>
      <Button type="submit" look="plain" disabled={!email.trim() || asking.isPending}>
        {asking.isPending ? 'Asking…' : 'Send me a code'}
      </Button>
    </form>
  )
}
