/** Sending what somebody typed at a door: checked here first, wrong things said at their field, told when to try again. */

import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useEffect, useState } from 'react'
import { Problem } from '@/api/problem'
import type { Me } from '@/api/types'
import { useOnline } from '@/shared/online'
import { signedIn } from '@/shared/session'
import { left } from '@/shared/time'
import { Failure, Note } from '@/shared/ui/Note'
import { type Entry, isWrong, type Wrong } from './entry'

interface Door {
  check: (entry: Entry) => Wrong
  /** Undefined where somebody is not in yet: a code was sent. */
  ask: (entry: Entry) => Promise<Me | undefined>
  onDone: () => void
}

/** Seconds until the server lets somebody try again, counted down; 0 for now. */
function useWait(error: unknown): number {
  const [seconds, setSeconds] = useState(0)
  useEffect(() => {
    const wait = error instanceof Problem && error.status === 429 ? (error.retryAfterS ?? 0) : 0
    const until = performance.now() + wait * 1000
    const count = () => setSeconds(Math.max(0, Math.ceil((until - performance.now()) / 1000)))
    count()
    if (wait === 0) return
    const timer = setInterval(count, 1000)
    return () => clearInterval(timer)
  }, [error])
  return seconds
}

export function useEntering({ check, ask, onDone }: Door) {
  const [wrongHere, setWrongHere] = useState<Wrong>({})
  const entering = useMutation({
    mutationFn: ask,
    onSuccess: (me) => {
      if (!me) return
      signedIn(me)
      onDone()
    },
  })
  const wait = useWait(entering.error)

  function onSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = event.currentTarget
    const values = new FormData(form)
    const text = (name: string) => String(values.get(name) ?? '')
    const entry = {
      name: text('name').trim(),
      email: text('email').trim(),
      password: text('password'),
      code: text('code').trim(),
    }
    const wrong = check(entry)
    setWrongHere(wrong)
    if (!isWrong(wrong)) return entering.mutate(entry)
    // The first field that is wrong, once it says so.
    setTimeout(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
  }

  const { error } = entering
  const wrong = (field: keyof Entry): string | undefined => {
    if (wrongHere[field] || !(error instanceof Problem)) return wrongHere[field]
    if (field === 'code' && error.status === 404) return error.body.detail
    // The only conflict there is: somebody has this address.
    if (field === 'email' && error.status === 409) return error.body.detail
    return error.of(field)
  }
  const isAtField = (['name', 'email', 'password', 'code'] as const).some((field) => wrong(field))
  return {
    onSubmit,
    wrong,
    isOff: entering.isPending || wait > 0,
    said: <Said error={isAtField ? null : error} wait={wait} />,
  }
}

function Said({ error, wait }: { error: unknown; wait: number }) {
  const isOnline = useOnline()
  if (!isOnline) {
    return (
      <Note tone="warn" icon="offline" title="You're offline.">
        What you typed stays here. Send it when you are back.
      </Note>
    )
  }
  if (error instanceof Problem && error.status === 429) {
    return (
      <>
        <Note tone="bad" icon="clock" title="Too many attempts." alert>
          {wait === 0 ? 'You can try again now.' : 'Nobody is locked out: it only takes a while.'}
        </Note>
        {wait > 0 && <p className="num">Try again in {left(wait * 1000)}.</p>}
      </>
    )
  }
  return <Failure error={error} />
}
