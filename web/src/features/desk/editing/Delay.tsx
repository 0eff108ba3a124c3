/** Moves a match and everything after it by some minutes: seen first, then done. */

import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api, must } from '@/api/client'
import type { components } from '@/api/schema'
import { announce } from '@/shared/announce'
import { DELAY_MIN_MAX } from '@/shared/bounds'
import { plural } from '@/shared/plural'
import { dayAndTime } from '@/shared/time'
import { Button } from '@/shared/ui/Button'
import { Field } from '@/shared/ui/Field'
import { Failure, Note } from '@/shared/ui/Note'
import formStyles from '../form.module.css'

type Seen = components['schemas']['Delay']

const USUAL_MINUTES = '15'

interface Props {
  match: { id: number; name: string; starts_at: number | null; version?: number }
  onClose: () => void
}

export function Delay({ match, onClose }: Props) {
  const [text, setText] = useState(USUAL_MINUTES)
  const minutes = /^\d{1,5}$/.test(text.trim()) ? Number(text) : 0
  const isRight = minutes >= 1 && minutes <= DELAY_MIN_MAX
  const send = (dry_run: boolean) =>
    must(
      api.POST('/api/match/{match_id}/delay', {
        params: { path: { match_id: match.id } },
        body: { minutes, dry_run },
      }),
    )
  const look = useQuery({
    // A start that moves meanwhile is another question.
    queryKey: ['delay', match.id, match.starts_at, minutes],
    queryFn: () => send(true),
    enabled: isRight && match.starts_at !== null,
    retry: false,
  })
  const moving = useMutation({
    mutationFn: () => send(false),
    onSuccess: (done) => {
      announce(`${plural(done.matches.length, 'match', 'matches')} moved by ${plural(minutes, 'minute')}`)
      onClose()
    },
  })
  if (match.starts_at === null)
    return (
      <div className={formStyles.form}>
        <Note
          tone="plain"
          icon="warning"
          title="This match has no start to move. Give it one under “Edit”."
        />
      </div>
    )
  return (
    <form
      className={formStyles.form}
      aria-label={`Delay everything from ${match.name}`}
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        if (isRight && look.data && !moving.isPending) moving.mutate()
      }}
    >
      <div className={formStyles.fields}>
        <Field
          label="Delay everything from here, by minutes"
          hint="This match and all that begin then or later."
          inputMode="numeric"
          autoComplete="off"
          autoFocus
          value={text}
          wrong={isRight ? undefined : `Whole minutes, at most ${DELAY_MIN_MAX.toLocaleString('en-GB')}.`}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      {isRight && look.data && <What seen={look.data} />}
      <Failure error={moving.error ?? (isRight ? look.error : null)} />
      <div className={formStyles.decide}>
        <Button type="submit" size="small" disabled={!isRight || !look.data || moving.isPending}>
          {moving.isPending
            ? 'Moving…'
            : `Delay ${look.data ? plural(look.data.matches.length, 'match', 'matches') : 'them'} by ${plural(minutes, 'minute')}`}
        </Button>
        <Button size="small" look="plain" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  )
}

/** What it moves, by name, and the markets that stay where they are. */
function What({ seen }: { seen: Seen }) {
  const now = Date.now()
  const shown = seen.matches.slice(0, 6)
  const more = seen.matches.length - shown.length
  return (
    <div className={formStyles.words} data-testid="delay-effect">
      <ul>
        {shown.map(({ id, name, starts_at, markets }) => (
          <li key={id}>
            <bdi>{name}</bdi> starts {dayAndTime(starts_at, now)}
            {markets > 0 && `, ${plural(markets, 'market closes', 'markets close')} with it`}
          </li>
        ))}
        {more > 0 && <li>and {plural(more, 'more match', 'more matches')}</li>}
      </ul>
      {seen.kept.length > 0 && (
        <Note
          tone="warn"
          icon="warning"
          title={`${plural(seen.kept.length, 'market stays', 'markets stay')} as they are.`}
        >
          {seen.kept
            .slice(0, 6)
            .map(
              ({ name, match, is_closed, closes_at }) =>
                `${match}, ${name}: ${is_closed ? 'closed already; reopen it if bets may come in' : `closes ${closes_at ? dayAndTime(closes_at, now) : 'by hand'}, a time of its own`}.`,
            )
            .join(' ')}
        </Note>
      )}
    </div>
  )
}
