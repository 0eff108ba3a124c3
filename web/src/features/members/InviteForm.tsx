/** A new invitation: for which role, how many people, how long. */

import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api, must } from '@/api/client'
import { Problem } from '@/api/problem'
import type { InvitationCreated, Role } from '@/api/types'
import { Button } from '@/shared/ui/Button'
import { Field, SelectField } from '@/shared/ui/Field'
import { Failure } from '@/shared/ui/Note'
import { Panel } from '@/shared/ui/Panel'
import { A_ROLE, label, ROLE_WORDS } from '@/shared/words'
import styles from './invitations.module.css'
import { isStaff, ROLE_MEANS, ROLES } from './roles'

/** Of the API: for staff few and short, for bettors a hall for a season. */
const usesMax = (role: Role) => (isStaff(role) ? 20 : 10_000)
const daysOf = (role: Role) => (isStaff(role) ? [1, 3, 7, 14] : [1, 3, 7, 14, 30, 90])

/** A poster for everybody, a slip of paper for one of the staff. */
const usualUses = (role: Role) => (isStaff(role) ? '1' : '500')
const usualDays = (role: Role) => (isStaff(role) ? '1' : '7')

export function InviteForm({ slug, onMade }: { slug: string; onMade: (made: InvitationCreated) => void }) {
  const [role, setRole] = useState<Role>('bettor')
  const [uses, setUses] = useState(usualUses('bettor'))
  const [days, setDays] = useState(usualDays('bettor'))
  const make = useMutation({
    mutationFn: () =>
      must(
        api.POST('/api/tournament/{which}/invitation', {
          params: { path: { which: slug } },
          body: { role, uses: Number(uses), days: Number(days) },
        }),
      ),
    onSuccess: onMade,
  })
  const refused = (field: string) => (make.error instanceof Problem ? make.error.of(field) : undefined)
  const isCount = /^\d{1,5}$/.test(uses) && Number(uses) >= 1 && Number(uses) <= usesMax(role)
  function onSubmit(event: FormEvent) {
    event.preventDefault()
    if (isCount && !make.isPending) make.mutate()
  }
  return (
    <Panel title="Invite people">
      <form className={styles.form} onSubmit={onSubmit}>
        <SelectField
          label={label('role')}
          value={role}
          hint={ROLE_MEANS[role]}
          wrong={refused('role')}
          options={ROLES.map((one) => ({ value: one, label: ROLE_WORDS[one] }))}
          onChange={(event) => {
            const chosen = event.target.value as Role
            setRole(chosen)
            setUses(usualUses(chosen))
            setDays(usualDays(chosen))
          }}
        />
        <Field
          label="For how many people"
          inputMode="numeric"
          autoComplete="off"
          value={uses}
          wrong={isCount ? refused('uses') : `A number from 1 to ${usesMax(role).toLocaleString('en-GB')}.`}
          hint={
            isStaff(role) && uses !== '1' ? `Everybody with the code becomes ${A_ROLE[role]}.` : undefined
          }
          onChange={(event) => setUses(event.target.value.trim())}
        />
        <SelectField
          label="For how long"
          value={days}
          wrong={refused('days')}
          options={daysOf(role).map((n) => ({ value: String(n), label: n === 1 ? '1 day' : `${n} days` }))}
          onChange={(event) => setDays(event.target.value)}
        />
        {!['role', 'uses', 'days'].some(refused) && <Failure error={make.error} />}
        <Button type="submit" disabled={!isCount || make.isPending}>
          Create invitation
        </Button>
      </form>
    </Panel>
  )
}
