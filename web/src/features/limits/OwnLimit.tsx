/** One own limit: what it is, what of it is used, what is to come, and changing it. */

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api, must } from '@/api/client'
import { Problem } from '@/api/problem'
import type { Wallet } from '@/api/types'
import { announce } from '@/shared/announce'
import { walletsQuery } from '@/shared/mine'
import { type Minor, parseMoney, typed } from '@/shared/money'
import { Button } from '@/shared/ui/Button'
import { MoneyField } from '@/shared/ui/Field'
import { Icon } from '@/shared/ui/Icon'
import { Failure } from '@/shared/ui/Note'
import styles from './limits.module.css'
import {
  type CurrentLimit,
  effectWords,
  type LimitKind,
  nextWords,
  nowWords,
  type PERIODS,
  wrongAmount,
} from './words'

interface Props {
  wallet: Wallet
  kind: LimitKind
  title: string
  period: (typeof PERIODS)[number]
  current: CurrentLimit
}

function useSetLimit({ wallet, kind, period }: Props) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (amount: Minor | null) =>
      must(
        api.PUT('/api/limit', {
          body: { tournament_id: wallet.tournament_id, kind, period: period.period, amount },
        }),
      ),
    onSuccess: async (limits) => {
      queries.setQueryData(['limits'], limits)
      // Only the wallet knows what of a new limit is used.
      await queries.invalidateQueries({ queryKey: walletsQuery.queryKey })
    },
  })
}

export function OwnLimit(props: Props) {
  const { wallet, title, period, current } = props
  const [isOpen, setOpen] = useState(false)
  const setting = useSetLimit(props)
  const { amount, used, next } = current
  const which = `${title}, ${period.words.toLowerCase()}`

  function set(wanted: Minor | null) {
    setting.mutate(wanted, {
      onSuccess: () => {
        setOpen(false)
        announce(`${which}: ${effectWords(current, wanted, wallet)}`)
      },
    })
  }

  return (
    <li className={styles.limit} data-testid="own-limit" data-limit={`${props.kind} ${period.period}`}>
      <div className={styles.row}>
        <div>
          <b>{period.words}</b>
          <small>{period.rolls}</small>
        </div>
        <span className="num">{nowWords(current, wallet)}</span>
        {!isOpen && (
          <Button
            look="plain"
            size="small"
            aria-label={`${amount === null ? 'Set' : 'Change'} the limit: ${which}`}
            onClick={() => setOpen(true)}
          >
            {amount === null ? 'Set' : 'Change'}
          </Button>
        )}
      </div>
      {amount !== null && <Meter used={used} amount={amount} label={which} />}
      {next && (
        <p className={styles.next}>
          <Icon name="clock" /> <span className="num">{nextWords(next, wallet, Date.now())}</span>
          <Button look="plain" size="small" disabled={setting.isPending} onClick={() => set(amount)}>
            Keep it as it is
          </Button>
        </p>
      )}
      {isOpen && (
        <LimitForm
          {...props}
          isSending={setting.isPending}
          error={setting.error}
          onSet={set}
          onLeave={() => {
            setting.reset()
            setOpen(false)
          }}
        />
      )}
      {!isOpen && <Failure error={setting.error} />}
    </li>
  )
}

function Meter({ used, amount, label }: { used: Minor; amount: Minor; label: string }) {
  const share = amount === 0 ? 1 : Math.min(1, used / amount)
  return (
    <span
      className={styles.meter}
      role="meter"
      aria-label={`Used of ${label}`}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
    >
      <i style={{ transform: `scaleX(${share})` }} />
    </span>
  )
}

interface FormProps extends Props {
  isSending: boolean
  error: unknown
  onSet: (amount: Minor | null) => void
  onLeave: () => void
}

function LimitForm({ wallet, title, period, current, isSending, error, onSet, onLeave }: FormProps) {
  const { amount } = current
  const [text, setText] = useState(amount === null ? '' : typed(amount, wallet.exponent))
  const [isAsked, setAsked] = useState(false)
  const wanted = parseMoney(text, wallet.exponent)
  const wrong = wrongAmount(text, wallet)
  const said = error instanceof Problem ? error.of('amount') : undefined

  function onSubmit(event: FormEvent) {
    event.preventDefault()
    setAsked(true)
    if (wanted !== null && !wrong) onSet(wanted)
  }

  return (
    <form className={styles.form} onSubmit={onSubmit} noValidate>
      <MoneyField
        label={`${title}, ${period.words.toLowerCase()}`}
        currency={wallet}
        text={text}
        onText={setText}
        wrong={(isAsked || text !== '' ? wrong : undefined) ?? said}
        hint={wanted === null ? undefined : effectWords(current, wanted, wallet)}
      />
      {!said && <Failure error={error} />}
      <div className={styles.buttons}>
        <Button type="submit" size="small" disabled={isSending}>
          Save
        </Button>
        {amount !== null && (
          <Button look="plain" size="small" disabled={isSending} onClick={() => onSet(null)}>
            Lift in 24 hours
          </Button>
        )}
        <Button look="plain" size="small" onClick={onLeave}>
          Leave it
        </Button>
      </div>
    </form>
  )
}
