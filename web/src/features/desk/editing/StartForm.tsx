/** When a match really began, at any time: which bets are late, what that changes, and the button that decides it. */

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, must } from '@/api/client'
import type { Match, StartPreview } from '@/api/types'
import { useFeed } from '@/feed/useFeed'
import { announce } from '@/shared/announce'
import { inputMoment, momentOf, zoneHere } from '@/shared/inputTimes'
import { type Currency, money } from '@/shared/money'
import { plural } from '@/shared/plural'
import { clockTime } from '@/shared/time'
import { Button } from '@/shared/ui/Button'
import { Field } from '@/shared/ui/Field'
import { Failure, Note } from '@/shared/ui/Note'
import { Reason } from '@/shared/ui/Reason'
import { label } from '@/shared/words'
import formStyles from '../form.module.css'
import { Changes } from '../results/Changes'
import { Warnings } from './Warnings'

export function StartForm({ match }: { match: Match }) {
  const queries = useQueryClient()
  const currency = useFeed().board()?.structure.tournament
  const [text, setText] = useState<string | null>(null)
  const [reason, setReason] = useState('')
  const before = inputMoment(match.started_at)
  const isTouched = text !== null && text !== before
  const startedAt = momentOf(text ?? before)
  const path = { params: { path: { match_id: match.id } } }
  const preview = useQuery({
    queryKey: ['start', match.id, match.version, startedAt],
    queryFn: () =>
      must(api.POST('/api/match/{match_id}/start/preview', { ...path, body: { started_at: startedAt } })),
    enabled: isTouched,
    staleTime: 0,
    gcTime: 0,
  })
  const seen = isTouched ? preview.data : undefined
  const saving = useMutation({
    mutationFn: (agreed: StartPreview) =>
      must(
        api.POST('/api/match/{match_id}/start', {
          ...path,
          body: { started_at: startedAt, reason: reason.trim(), digest: agreed.digest },
        }),
      ),
    onSuccess: () => {
      setText(null)
      setReason('')
      queries.invalidateQueries({ queryKey: ['match', match.id] })
      announce('The actual start was entered')
    },
    onError: () => void preview.refetch(),
  })
  return (
    <form
      className={formStyles.labelled}
      aria-label={label('started_at')}
      data-testid="start-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (seen && reason.trim()) saving.mutate(seen)
      }}
    >
      <div className={formStyles.fields}>
        <Field
          label={label('started_at')}
          type="datetime-local"
          step={1}
          hint={`When it really began, also after it is paid. Late bets are voided. Your time, ${zoneHere()}.`}
          value={text ?? before}
          onChange={(event) => setText(event.target.value)}
        />
        {isTouched && <Reason label="Why is it entered?" value={reason} onValue={setReason} />}
      </div>
      {isTouched && <Failure error={preview.error} />}
      {seen && currency && <Effect seen={seen} isCleared={startedAt === null} currency={currency} />}
      <Failure error={saving.error} />
      {isTouched && (
        <div className={formStyles.decide}>
          <Button
            type="submit"
            size="small"
            disabled={!seen || !reason.trim() || saving.isPending || preview.isFetching}
          >
            {saving.isPending
              ? 'Applying…'
              : startedAt === null
                ? 'Take the actual start back'
                : 'Enter the actual start'}
          </Button>
          <Button
            size="small"
            look="plain"
            onClick={() => {
              setText(null)
              saving.reset()
            }}
          >
            Discard
          </Button>
        </div>
      )}
    </form>
  )
}

interface EffectProps {
  seen: StartPreview
  isCleared: boolean
  currency: Currency
}

function Effect({ seen, isCleared, currency }: EffectProps) {
  const late = seen.markets.reduce((sum, { late_bets }) => sum + late_bets, 0)
  const stakes = seen.markets.reduce((sum, { late_stakes }) => sum + late_stakes, 0)
  const suspended = seen.markets.filter((market) => market.suspended).map(({ name }) => name)
  const lines = [
    suspended.length > 0 ? `Suspended now: ${suspended.join(', ')}.` : '',
    late > 0 && !isCleared ? 'Whoever bet late gets the stake back; the rest is divided without them.' : '',
  ].filter(Boolean)
  return (
    <section aria-label="What it changes" data-testid="start-effect">
      <Note
        tone={late > 0 ? 'warn' : 'plain'}
        icon={late > 0 ? 'warning' : 'check'}
        title={late > 0 ? `${plural(late, 'bet')} late: ${money(stakes, currency)}` : 'No bet is late.'}
      >
        {lines.join(' ')}
      </Note>
      <Warnings of={seen.warnings} />
      {seen.late.length > 0 && (
        <ul className={formStyles.list} data-testid="late-bets">
          {seen.late.map((bet) => (
            <li key={bet.id}>
              <p className={formStyles.words}>
                <span className="num">{clockTime(Date.parse(bet.placed_at))}</span> <bdi>{bet.bettor}</bdi>,{' '}
                {money(bet.stake, currency)} on <bdi>{bet.outcome}</bdi> (<bdi>{bet.market}</bdi>)
              </p>
            </li>
          ))}
        </ul>
      )}
      {seen.markets.map(
        (market) =>
          market.repaid && (
            <Changes key={market.market_id} title={market.name} preview={market.repaid} currency={currency} />
          ),
      )}
    </section>
  )
}
