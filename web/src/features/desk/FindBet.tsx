/** Finds a bet by what its receipt says: the number, or the short reference. A scanned code opens the bet by itself. */

import { useMutation } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api, must } from '@/api/client'
import { NAME_LENGTH_MAX } from '@/shared/bounds'
import { hasNoField, wrongOf } from '@/shared/fieldErrors'
import { money } from '@/shared/money'
import { referenceOf } from '@/shared/reference'
import { Button } from '@/shared/ui/Button'
import { Field } from '@/shared/ui/Field'
import { Failure } from '@/shared/ui/Note'
import styles from './bets.module.css'

/** What stands behind the last slash of a receipt's address, or what was typed. */
const refOf = (typed: string) =>
  typed
    .trim()
    .replace(/^.*\/bets\//, '')
    .replace(/^ref\.?\s*/i, '')

const REF = ['ref'] as const

export function FindBet({ slug }: { slug: string }) {
  const navigate = useNavigate()
  const [typed, setTyped] = useState('')
  const finding = useMutation({
    mutationFn: async () =>
      (
        await must(
          api.GET('/api/tournament/{which}/bet/found', {
            params: { path: { which: slug }, query: { ref: refOf(typed) } },
          }),
        )
      ).items,
    onSuccess: (found) => {
      const [only] = found
      if (only && found.length === 1) navigate({ to: '/bets/$id', params: { id: only.id } })
    },
  })
  return (
    <form
      className={styles.find}
      onSubmit={(event) => {
        event.preventDefault()
        if (typed.trim()) finding.mutate()
      }}
    >
      <Field
        label="Find a bet"
        placeholder="Reference or number"
        autoComplete="off"
        spellCheck={false}
        maxLength={NAME_LENGTH_MAX}
        value={typed}
        wrong={wrongOf(finding.error, REF).ref}
        onChange={(event) => setTyped(event.target.value)}
      />
      <Button type="submit" look="plain" disabled={finding.isPending || !typed.trim()}>
        Find
      </Button>
      <div role="status" className={styles.found}>
        {hasNoField(finding.error, REF) && <Failure error={finding.error} />}
        {finding.data?.length === 0 && <p>No bet has this reference in this tournament.</p>}
        {(finding.data?.length ?? 0) > 1 && (
          <ul>
            {finding.data?.map((bet) => (
              <li key={bet.id}>
                <Link to="/bets/$id" params={{ id: bet.id }}>
                  {referenceOf(bet.id)}, <bdi>{bet.bettor}</bdi>, <bdi>{bet.outcome}</bdi>,{' '}
                  {money(bet.stake, bet)}
                </Link>
              </li>
            ))}
          </ul>
        )}
      </div>
    </form>
  )
}
