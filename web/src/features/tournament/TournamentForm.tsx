/** What a tournament is called and how it works: for a new one and for its settings. */

import { useQuery } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { Problem } from '@/api/problem'
import type { Tournament } from '@/api/types'
import { NAME_LENGTH_MAX } from '@/shared/bounds'
import { parseMoney, typed } from '@/shared/money'
import { serverQuery } from '@/shared/server'
import { Button } from '@/shared/ui/Button'
import { Field, MoneyField, SelectField } from '@/shared/ui/Field'
import { Failure, Note } from '@/shared/ui/Note'
import { CURRENCIES, currencyLabel, ownTimezone, PROVIDER_LABEL, timezones } from './choices'
import { slugOf, wrongSlug } from './slug'
import styles from './tournament.module.css'

export type Wanted = Pick<
  Tournament,
  | 'name'
  | 'slug'
  | 'subtitle'
  | 'currency'
  | 'timezone'
  | 'kyc_provider'
  | 'staff_may_bet'
  | 'starting_points'
  | 'four_eyes'
  | 'min_age'
>

const FRESH: Omit<Wanted, 'timezone'> = {
  name: '',
  slug: '',
  subtitle: '',
  currency: 'EUR',
  kyc_provider: 'desk',
  staff_may_bet: false,
  starting_points: 0,
  four_eyes: false,
  min_age: null,
}

/** Currencies that are no money, with their decimals. */
const POINTS: Record<string, number> = { PTS: 0, PTC: 2 }

/** Who checks an identity for us, where the operator has set them up. */
const THIRD_PARTIES = ['veriff', 'onfido']

const AGE_MAX = 99
/** What everybody begins with in a sandbox, unless its organizer says otherwise. */
const SANDBOX_POINTS = 1000

const FIELDS = [
  'name',
  'slug',
  'subtitle',
  'currency',
  'timezone',
  'kyc_provider',
  'staff_may_bet',
  'starting_points',
  'min_age',
] as const

interface Props {
  /** The tournament as it is; none for a new one. */
  before?: Tournament
  action: string
  error: unknown
  isPending: boolean
  onWanted: (wanted: Wanted) => void
  /** Below the button: that it is saved. */
  children?: ReactNode
}

/** Slugs are taken by others: a conflict is the slug's. */
function refusedAt(error: unknown, field: (typeof FIELDS)[number]): string | undefined {
  if (!(error instanceof Problem)) return undefined
  if (field === 'slug' && error.code === 'CONFLICT') return error.body.detail ?? error.body.title
  return error.of(field)
}

export function TournamentForm({ before, action, error, isPending, onWanted, children }: Props) {
  const [wanted, setWanted] = useState<Wanted>(() => before ?? { ...FRESH, timezone: ownTimezone() })
  const [points, setPoints] = useState(() =>
    before?.starting_points ? typed(before.starting_points, before.exponent) : '',
  )
  const [isSlugTyped, setSlugTyped] = useState(before !== undefined)
  const [wasSent, setSent] = useState(false)
  const server = useQuery(serverQuery)
  // A sandbox plays for points, and begins with some for everybody.
  const isSandbox = !before && server.data?.sandbox
  const currencies = isSandbox ? CURRENCIES.filter((code) => code in POINTS) : CURRENCIES
  if (isSandbox && !(wanted.currency in POINTS)) {
    setWanted({ ...wanted, currency: 'PTS', kyc_provider: 'none' })
    setPoints(String(SANDBOX_POINTS))
  }
  const slug = isSlugTyped ? wanted.slug : slugOf(wanted.name)
  const set = (more: Partial<Wanted>) => setWanted((now) => ({ ...now, ...more }))
  const noName = wanted.name.trim() === '' ? 'It needs a name.' : undefined
  const wrong = { name: noName, slug: noName && !isSlugTyped ? undefined : wrongSlug(slug) }
  const isKnown = server.data?.demo || wanted.kyc_provider === 'sandbox'
  const pointsExponent = POINTS[wanted.currency]
  const providers = [
    'desk',
    ...(isKnown ? ['sandbox'] : []),
    ...THIRD_PARTIES.filter((one) => server.data?.kyc_providers.includes(one) || wanted.kyc_provider === one),
    ...(pointsExponent === undefined ? [] : ['none']),
  ]
  const [age, setAge] = useState(before?.min_age ? String(before.min_age) : '')
  const isAge = age === '' || (/^\d{1,2}$/.test(age) && Number(age) >= 1)
  const starting = pointsExponent === undefined ? 0 : parseMoney(points, pointsExponent)
  const zones = timezones()

  function onSubmit(event: FormEvent) {
    event.preventDefault()
    setSent(true)
    if (wrong.name || wrong.slug || isPending || !isAge || (starting === null && points.trim() !== '')) return
    onWanted({
      ...wanted,
      slug,
      name: wanted.name.trim(),
      subtitle: wanted.subtitle.trim(),
      starting_points: starting ?? 0,
      min_age: age === '' ? null : Number(age),
      kyc_provider: providers.includes(wanted.kyc_provider) ? wanted.kyc_provider : 'desk',
    })
  }

  return (
    <form className={styles.form} onSubmit={onSubmit} noValidate>
      <fieldset className={styles.group}>
        <legend>What it is called</legend>
        <Field
          label="Name"
          dir="auto"
          maxLength={NAME_LENGTH_MAX}
          value={wanted.name}
          wrong={(wasSent ? wrong.name : undefined) ?? refusedAt(error, 'name')}
          onChange={(event) => set({ name: event.target.value })}
        />
        <Field
          label="Address"
          hint={`${location.host}/t/${slug || '…'}`}
          maxLength={80}
          autoCapitalize="none"
          spellCheck={false}
          value={wanted.name === '' && !isSlugTyped ? '' : slug}
          wrong={(isSlugTyped || wasSent ? wrong.slug : undefined) ?? refusedAt(error, 'slug')}
          onChange={(event) => {
            setSlugTyped(event.target.value !== '')
            set({ slug: event.target.value })
          }}
        />
        {before && slug !== before.slug && (
          <Note tone="warn" icon="warning" title="Links and posters with the old address stop working." />
        )}
        <Field
          label="Subtitle, if any"
          dir="auto"
          hint="What is played, or where."
          maxLength={NAME_LENGTH_MAX}
          value={wanted.subtitle}
          wrong={refusedAt(error, 'subtitle')}
          onChange={(event) => set({ subtitle: event.target.value })}
        />
      </fieldset>
      <fieldset className={styles.group}>
        <legend>Currency and time zone</legend>
        <SelectField
          label="Currency"
          value={wanted.currency}
          disabled={before !== undefined}
          hint={
            before
              ? 'The currency cannot be changed later.'
              : 'Every amount is in it. It cannot be changed later.'
          }
          wrong={refusedAt(error, 'currency')}
          options={currencies.map((code) => ({ value: code, label: currencyLabel(code) }))}
          onChange={(event) => set({ currency: event.target.value })}
        />
        <SelectField
          label="Time zone"
          value={wanted.timezone}
          hint="Times of matches are shown in it."
          wrong={refusedAt(error, 'timezone')}
          options={(zones.includes(wanted.timezone) ? zones : [wanted.timezone, ...zones]).map((zone) => ({
            value: zone,
            label: zone.replaceAll('_', ' '),
          }))}
          onChange={(event) => set({ timezone: event.target.value })}
        />
      </fieldset>
      <fieldset className={styles.group}>
        <legend>Who may bet</legend>
        <SelectField
          label="Identity check"
          value={providers.includes(wanted.kyc_provider) ? wanted.kyc_provider : 'desk'}
          hint={
            wanted.kyc_provider === 'none' && pointsExponent !== undefined
              ? 'Everybody who joins can bet at once.'
              : 'Before the first bet everybody shows once who they are.'
          }
          wrong={refusedAt(error, 'kyc_provider')}
          options={providers.map((value) => ({ value, label: PROVIDER_LABEL[value] ?? value }))}
          onChange={(event) => set({ kyc_provider: event.target.value as Wanted['kyc_provider'] })}
        />
        {pointsExponent !== undefined && (
          <MoneyField
            label="Points for everybody at joining"
            currency={{ currency: wanted.currency, exponent: pointsExponent }}
            text={points}
            hint="Leave it empty and the desk pays in. Who has joined already gets none."
            wrong={refusedAt(error, 'starting_points')}
            onText={setPoints}
          />
        )}
        <label className={styles.check}>
          <input
            type="checkbox"
            checked={wanted.staff_may_bet}
            onChange={(event) => set({ staff_may_bet: event.target.checked })}
          />
          <span>
            Staff may bet
            <small>
              Organizers, cashiers and auditors can bet from a wallet of their own, also who enters results
              and pays out. Off: a wallet they have stays, takes no new bet, and open bets are paid.
            </small>
          </span>
        </label>
        {before && (
          <Field
            label="Minimum age, if any"
            inputMode="numeric"
            maxLength={2}
            value={age}
            hint="In years. Whose age a check does not say is looked at by the desk."
            wrong={isAge ? refusedAt(error, 'min_age') : `A number from 1 to ${AGE_MAX}, or nothing.`}
            onChange={(event) => setAge(event.target.value.trim())}
          />
        )}
        {before && (
          <label className={styles.check}>
            <input
              type="checkbox"
              checked={wanted.four_eyes}
              onChange={(event) => set({ four_eyes: event.target.checked })}
            />
            <span>
              Four eyes
              <small>
                Who has bets on a market does not decide it, and who enters a result does not settle it: it
                takes two organizers. Off: it is only shown and logged.
              </small>
            </span>
          </label>
        )}
      </fieldset>
      <div className={styles.foot}>
        {!FIELDS.some((field) => refusedAt(error, field)) && <Failure error={error} />}
        <Button type="submit" disabled={isPending}>
          {action}
        </Button>
        {children}
      </div>
    </form>
  )
}
