/** Moves a match and everything after it by some minutes: seen first, then done. */

import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useMemo, useState } from 'react'
import { api, must } from '@/api/client'
import type { components } from '@/api/schema'
import type { Structure } from '@/feed/board'
import { announce } from '@/shared/announce'
import { DELAY_MIN_MAX } from '@/shared/bounds'
import { plural } from '@/shared/plural'
import { dayAndTime, shortTime } from '@/shared/time'
import { Button } from '@/shared/ui/Button'
import { Field, SelectField } from '@/shared/ui/Field'
import { Failure, Note } from '@/shared/ui/Note'
import formStyles from '../form.module.css'

type Seen = components['schemas']['Delay']

const USUAL_MINUTES = '15'
const WRONG_MINUTES = `Whole minutes, at most ${DELAY_MIN_MAX.toLocaleString('en-GB')}.`

interface Props {
  structure: Structure
  onClose: () => void
}

/** Matches with a start, in its order; the one that is next comes to mind first. */
function startsOf(structure: Structure) {
  const timed = [...structure.matches.values()].flatMap((match) =>
    match.starts_at === null ? [] : [{ ...match, starts_at: match.starts_at }],
  )
  return timed.sort((a, b) => a.starts_at - b.starts_at || a.id - b.id)
}

export function Delay({ structure, onClose }: Props) {
  const now = Date.now()
  const starts = useMemo(() => startsOf(structure), [structure])
  const [chosen, setChosen] = useState<number | null>(null)
  const [text, setText] = useState(USUAL_MINUTES)
  const next = starts.find(({ starts_at }) => starts_at > now) ?? starts.at(-1)
  const match = starts.find(({ id }) => id === chosen) ?? next
  const minutes = /^\d{1,5}$/.test(text.trim()) ? Number(text) : 0
  const isRight = match !== undefined && minutes >= 1 && minutes <= DELAY_MIN_MAX
  const send = (dry_run: boolean) =>
    must(
      api.POST('/api/match/{match_id}/delay', {
        params: { path: { match_id: match?.id ?? 0 } },
        body: { minutes, dry_run },
      }),
    )
  const look = useQuery({
    // A start that moves meanwhile is another question.
    queryKey: ['delay', match?.id, match?.starts_at, minutes],
    queryFn: () => send(true),
    enabled: isRight,
    retry: false,
  })
  const moving = useMutation({
    mutationFn: () => send(false),
    onSuccess: (done) => {
      announce(`${plural(done.matches.length, 'match', 'matches')} moved by ${plural(minutes, 'minute')}`)
      onClose()
    },
  })
  return (
    <form
      className={formStyles.card}
      aria-label="Delay the matches"
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        if (isRight && look.data && !moving.isPending) moving.mutate()
      }}
    >
      <h2>Delay everything from here</h2>
      {match === undefined ? (
        <p className={formStyles.words}>No match has a start to move.</p>
      ) : (
        <div className={formStyles.fields}>
          <div className={formStyles.half}>
            <SelectField
              label="From"
              hint="This match and all that begin then or later."
              options={starts.map(({ id, name, starts_at }) => ({
                value: String(id),
                label: `${shortTime(starts_at, now)} ${name}`,
              }))}
              value={String(match.id)}
              onChange={(event) => setChosen(Number(event.target.value))}
            />
          </div>
          <Field
            label="By how many minutes"
            inputMode="numeric"
            autoComplete="off"
            autoFocus
            value={text}
            wrong={minutes >= 1 && minutes <= DELAY_MIN_MAX ? undefined : WRONG_MINUTES}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
      )}
      {isRight && look.data && <What seen={look.data} />}
      <Failure error={moving.error ?? (isRight ? look.error : null)} />
      <div className={formStyles.decide}>
        <Button type="submit" disabled={!isRight || !look.data || moving.isPending}>
          {moving.isPending
            ? 'Moving…'
            : `Delay ${look.data ? plural(look.data.matches.length, 'match', 'matches') : 'them'} by ${plural(minutes, 'minute')}`}
        </Button>
        <Button look="plain" onClick={onClose}>
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
