import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '@/shared/ui/Button'
import { Failure } from '@/shared/ui/Note'
import formStyles from '../form.module.css'

interface Props {
  /** "the market", "Mexico". */
  what: string
  /** Raises the API's refusal: with bets on it, it stays. */
  remove: () => Promise<unknown>
}

/** Takes away what no bet has touched, after one question. */
export function Remove({ what, remove }: Props) {
  const [isAsked, setAsked] = useState(false)
  const removing = useMutation({ mutationFn: remove, onError: () => setAsked(false) })
  return (
    <>
      <span className={formStyles.item}>
        <Button
          size="small"
          look={isAsked ? 'danger' : 'plain'}
          disabled={removing.isPending}
          onClick={() => (isAsked ? removing.mutate() : setAsked(true))}
        >
          {isAsked ? 'Yes, delete' : 'Delete'}{' '}
          <span className={isAsked ? undefined : 'visually-hidden'}>{what}</span>
        </Button>
        {isAsked && (
          <Button size="small" look="plain" onClick={() => setAsked(false)}>
            Keep<span className="visually-hidden"> {what}</span>
          </Button>
        )}
      </span>
      <Failure error={removing.error} />
    </>
  )
}
