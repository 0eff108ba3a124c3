/** Signing in and registering. */

import { api, must } from '@/api/client'
import { Button } from '@/shared/ui/Button'
import { Field } from '@/shared/ui/Field'
import { PASSWORD_MIN, wrongRegistration, wrongSignIn } from './entry'
import styles from './people.module.css'
import { useEntering } from './useEntering'

export function SignInForm({ onDone }: { onDone: () => void }) {
  const { onSubmit, wrong, said, isOff } = useEntering({
    check: wrongSignIn,
    ask: ({ email, password }) => must(api.POST('/api/session', { body: { email, password } })),
    onDone,
  })
  return (
    <form className={styles.form} onSubmit={onSubmit} noValidate>
      <Field
        label="E-mail"
        name="email"
        type="email"
        autoComplete="username"
        required
        wrong={wrong('email')}
      />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        required
        wrong={wrong('password')}
      />
      {said}
      <Button type="submit" disabled={isOff}>
        Sign in
      </Button>
    </form>
  )
}

interface RegisterProps {
  /** What the button does, where registering is not all. */
  action?: string
  onDone: () => void
}

export function RegisterForm({ action = 'Register', onDone }: RegisterProps) {
  const { onSubmit, wrong, said, isOff } = useEntering({
    check: wrongRegistration,
    ask: ({ name, email, password }) => must(api.POST('/api/user', { body: { name, email, password } })),
    onDone,
  })
  return (
    <form className={styles.form} onSubmit={onSubmit} noValidate>
      <Field label="Name" name="name" autoComplete="name" required wrong={wrong('name')} />
      <Field
        label="E-mail"
        name="email"
        type="email"
        autoComplete="username"
        required
        wrong={wrong('email')}
      />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete="new-password"
        required
        hint={`At least ${PASSWORD_MIN} characters; longer is safer.`}
        wrong={wrong('password')}
      />
      {said}
      <Button type="submit" disabled={isOff}>
        {action}
      </Button>
    </form>
  )
}
