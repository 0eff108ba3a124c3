/** Deleting one's account, with the password of now. */

import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api, must } from '@/api/client'
import { refreshMe } from '@/shared/session'
import { Button } from '@/shared/ui/Button'
import { Confirm } from '@/shared/ui/Confirm'
import { Field } from '@/shared/ui/Field'
import { saidAtPassword } from './currentPassword'

export function DeleteAccount() {
  const [isAsking, setAsking] = useState(false)
  const [password, setPassword] = useState('')
  const deleting = useMutation({
    mutationFn: () => must(api.POST('/api/me/deletion', { body: { password } })),
    onSuccess: () => refreshMe(),
  })
  return (
    <>
      <p>
        Your name, your e-mail address and what was noted of your documents are deleted. Your bets and
        payments stay in the books, under a number.
      </p>
      <Button look="danger" onClick={() => setAsking(true)}>
        Delete your account…
      </Button>
      {isAsking && (
        <Confirm
          title="Delete your account?"
          action="Delete it for good"
          isDanger
          isPending={deleting.isPending}
          error={saidAtPassword(deleting.error) ? null : deleting.error}
          onConfirm={() => deleting.mutate()}
          onClose={() => {
            setAsking(false)
            setPassword('')
            deleting.reset()
          }}
        >
          <p>
            It cannot be undone. First have your money paid out at the desk, and wait until your open bets are
            decided.
          </p>
          <Field
            label="Your password"
            type="password"
            autoComplete="current-password"
            value={password}
            wrong={saidAtPassword(deleting.error)}
            onChange={(event) => setPassword(event.target.value)}
          />
        </Confirm>
      )}
    </>
  )
}
