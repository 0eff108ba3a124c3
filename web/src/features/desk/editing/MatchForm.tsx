/** A match: its names and times, its score, its actual start, and all of its markets at once. */

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useEffect, useState } from 'react'
import { api, must } from '@/api/client'
import type { Match } from '@/api/types'
import type { Structure } from '@/feed/board'
import type { MarketOnBoard, MatchOnBoard } from '@/feed/messages'
import { announce } from '@/shared/announce'
import { hasNoField, wrongOf } from '@/shared/fieldErrors'
import { zoneHere } from '@/shared/inputTimes'
import { plural } from '@/shared/plural'
import { Button } from '@/shared/ui/Button'
import { Field, SelectField } from '@/shared/ui/Field'
import { Failure, Note } from '@/shared/ui/Note'
import { FailedToLoad, Loading } from '@/shared/ui/States'
import { label, NOT_PLAYED_WORDS } from '@/shared/words'
import { OfMatch } from '../bulk/OfMatch'
import { closingBesideStart } from '../closing'
import formStyles from '../form.module.css'
import { Clashed } from './Clashed'
import {
  MATCH_FIELDS,
  type MatchBody,
  type MatchField,
  type MatchTexts,
  readMatchTexts,
  textsOfMatch,
} from './matchFields'
import { Remove } from './Remove'
import { StartForm } from './StartForm'
import { Clash, saveVersioned } from './versionedSave'

const WORDS: Record<MatchField, string> = {
  name: label('match'),
  round: label('round'),
  venue: label('venue'),
  starts_at: label('starts_at'),
  score: `${label('score')}, full time`,
  not_played: 'Is it played?',
}

const PLAYED = [
  { value: '', label: 'Yes' },
  ...Object.entries(NOT_PLAYED_WORDS).map(([value, word]) => ({ value, label: `No: ${word.toLowerCase()}` })),
]

const HINTS: Partial<Record<MatchField, string>> = {
  starts_at: `Your time, ${zoneHere()}.`,
  score: 'Such as 2:1.',
  not_played: 'Its markets do not change by this: suspend, close or void them yourself.',
}

interface Props {
  slug: string
  match: MatchOnBoard
  structure: Structure
}

export function MatchForm({ slug, match, structure }: Props) {
  const queries = useQueryClient()
  const queryKey = ['match', match.id]
  const query = useQuery({
    queryKey,
    queryFn: () => must(api.GET('/api/match/{match_id}', { params: { path: { match_id: match.id } } })),
  })
  // The feed's match is another object whenever it changed.
  useEffect(() => {
    queries.invalidateQueries({ queryKey: ['match', match.id] })
  }, [queries, match])
  if (query.isPending) return <Loading what="the match" />
  if (!query.data) return <FailedToLoad error={query.error} onRetry={() => query.refetch()} />
  return (
    <>
      <Form
        match={query.data}
        markets={[...structure.markets.values()].filter(({ match_id }) => match_id === match.id)}
        onSaved={(saved) => queries.setQueryData(queryKey, saved)}
      />
      <StartForm match={query.data} />
      <OfMatch slug={slug} match={match.id} structure={structure} />
    </>
  )
}

/** What a new start does to the closing of each market: it follows, or it is said by how much the two differ. */
function Closings({ markets, startsAt }: { markets: MarketOnBoard[]; startsAt: string | null }) {
  const start = startsAt === null ? null : Date.parse(startsAt)
  const live = markets.filter(
    ({ status }) => status === 'draft' || status === 'open' || status === 'suspended',
  )
  const apart = live.flatMap((market) => {
    const words = closingBesideStart(market, start)
    return words ? [`${market.name} ${words}.`] : []
  })
  const following = live.filter(({ closes_offset_s }) => closes_offset_s !== null).length
  if (apart.length === 0 && following === 0) return null
  return (
    <Note
      tone={apart.length > 0 ? 'warn' : 'plain'}
      icon={apart.length > 0 ? 'warning' : 'check'}
      title={
        apart.length > 0 ? 'Not every market closes with the new start.' : 'The closing moves with the start.'
      }
    >
      {apart.length > 0
        ? `${apart.join(' ')} Change its closing under “Market” too.`
        : `${plural(following, 'market follows', 'markets follow')}.`}
    </Note>
  )
}

interface FormProps {
  match: Match
  markets: MarketOnBoard[]
  onSaved: (match: Match) => void
}

function Form({ match, markets, onSaved }: FormProps) {
  const [seen, setSeen] = useState(match)
  const [edits, setEdits] = useState<Partial<MatchTexts>>({})
  const isTouched = Object.keys(edits).length > 0
  const base = isTouched ? seen : match
  const texts = { ...textsOfMatch(base), ...edits }
  const { body, wrong } = readMatchTexts(texts, base)
  const isReady = Object.keys(body).length > 0 && Object.keys(wrong).length === 0
  const path = { params: { path: { match_id: match.id } } }

  const saving = useMutation({
    mutationFn: (from: Match) =>
      saveVersioned<Match, MatchBody>({
        seen: from,
        body: readMatchTexts({ ...textsOfMatch(from), ...edits }, from).body,
        save: (fields, version) =>
          must(api.PATCH('/api/match/{match_id}', { ...path, body: { ...fields, version } })),
        reload: () => must(api.GET('/api/match/{match_id}', path)),
      }),
    onSuccess: (saved) => {
      onSaved(saved)
      setEdits({})
      announce('The match was saved')
    },
  })
  const clash = saving.error instanceof Clash ? (saving.error as Clash<Match>) : null
  const said = { ...wrongOf(saving.error, MATCH_FIELDS), ...wrong }

  function type(field: MatchField, text: string) {
    if (!isTouched) setSeen(match)
    setEdits({ ...edits, [field]: text })
  }
  function forget() {
    setEdits({})
    saving.reset()
  }

  const theirs = clash ? textsOfMatch(clash.theirs) : null
  return (
    <form
      className={formStyles.labelled}
      aria-label="The match"
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        if (isReady) saving.mutate(base)
      }}
    >
      <div className={formStyles.fields}>
        {MATCH_FIELDS.filter((field) => field !== 'not_played').map((field) => (
          <Field
            key={field}
            label={WORDS[field]}
            type={field === 'starts_at' ? 'datetime-local' : 'text'}
            dir={field === 'name' || field === 'round' || field === 'venue' ? 'auto' : undefined}
            hint={HINTS[field]}
            wrong={said[field]}
            value={texts[field]}
            onChange={(event) => type(field, event.target.value)}
          />
        ))}
        <SelectField
          label={WORDS.not_played}
          hint={HINTS.not_played}
          options={PLAYED}
          value={texts.not_played}
          onChange={(event) => type('not_played', event.target.value)}
        />
      </div>
      {'starts_at' in body && <Closings markets={markets} startsAt={body.starts_at ?? null} />}
      {clash && theirs && (
        <Clashed
          theirs={clash.fields.map(
            (field) => `${WORDS[field as MatchField]} ${theirs[field as MatchField] || 'empty'}`,
          )}
          onMine={() => {
            setSeen(clash.theirs)
            saving.mutate(clash.theirs)
          }}
          onTheirs={() => {
            onSaved(clash.theirs)
            forget()
          }}
        />
      )}
      {!clash && hasNoField(saving.error, MATCH_FIELDS) && <Failure error={saving.error} />}
      <div className={formStyles.decide}>
        <Button type="submit" size="small" disabled={!isReady || saving.isPending}>
          {saving.isPending ? 'Saving…' : 'Save the match'}
        </Button>
        {isTouched && (
          <Button size="small" look="plain" onClick={forget}>
            Discard
          </Button>
        )}
        <span className={formStyles.apart}>
          <Remove
            what="the match and its markets"
            remove={() => must(api.DELETE('/api/match/{match_id}', path))}
          />
        </span>
      </div>
    </form>
  )
}
