/** A match with its first market, then at once the next: round, venue and kind are kept. */

import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { api, must } from '@/api/client'
import { Problem } from '@/api/problem'
import type { Structure } from '@/feed/board'
import { announce } from '@/shared/announce'
import { hasNoField, onlyWrong, type Wrong, wrongOf } from '@/shared/fieldErrors'
import { zoneHere } from '@/shared/inputTimes'
import { Button } from '@/shared/ui/Button'
import { Field } from '@/shared/ui/Field'
import { Failure, Note } from '@/shared/ui/Note'
import { label } from '@/shared/words'
import { ask } from '../ask'
import formStyles from '../form.module.css'
import {
  isRight,
  MARKET_FIELDS,
  MARKET_START,
  MATCH_FIELDS,
  MATCH_START,
  type MatchDraft,
  type MatchField,
  nextMarket,
  nextMatch,
  readMarket,
  readMatch,
} from './draft'
import { MarketFields } from './MarketFields'

/** Where it stopped: a match that was added is not added again when its market was refused. */
interface Added {
  match: number | null
  market: number | null
}

const NOTHING: Added = { match: null, market: null }

export function AddMatch({ structure, onClose }: { structure: Structure; onClose: () => void }) {
  const { tournament } = structure
  const [match, setMatch] = useState(MATCH_START)
  const [market, setMarket] = useState(MARKET_START)
  const [isTried, setTried] = useState(false)
  const [added, setAdded] = useState<string | null>(null)
  const form = useRef<HTMLFormElement>(null)
  const [so, setSo] = useState(NOTHING)
  const [many, setMany] = useState(0)

  // The next one begins at its name, also after a button was pressed.
  useEffect(() => {
    if (many > 0) form.current?.querySelector('input')?.focus()
  }, [many])

  const readA = readMatch(match)
  const readB = readMarket(market, readA.body, tournament)

  const adding = useMutation({
    mutationFn: async (isOpened: boolean) => {
      const match =
        so.match ??
        (await must(api.POST('/api/match', { body: { tournament_id: tournament.id, ...readA.body } }))).id
      setSo({ match, market: so.market })
      const market =
        so.market ?? (await must(api.POST('/api/market', { body: { match_id: match, ...readB.body } }))).id
      setSo({ match, market })
      if (isOpened) await ask(market, 'open')
      return isOpened
    },
    onSuccess: (isOpened) => {
      const words = `${match.name.trim()} was added${isOpened ? ' and is open' : ''}.`
      setAdded(words)
      announce(words)
      setMatch(nextMatch(match))
      setMarket(nextMarket(market))
      setTried(false)
      setSo(NOTHING)
      setMany(many + 1)
    },
  })

  const ofMatch = so.match === null ? wrongOf(adding.error, MATCH_FIELDS) : {}
  const wrong: Wrong<MatchField> = { ...ofMatch, ...(isTried ? onlyWrong(readA.wrong) : {}) }
  const ofMarket = so.match === null ? {} : wrongOf(adding.error, MARKET_FIELDS)
  const isLost = adding.isError && !(adding.error instanceof Problem)

  function add(isOpened: boolean) {
    setTried(true)
    setAdded(null)
    if (!adding.isPending && isRight(readA.wrong) && isRight(readB.wrong)) adding.mutate(isOpened)
  }
  const set = (part: Partial<MatchDraft>) => {
    setMatch({ ...match, ...part })
    setAdded(null)
  }

  return (
    <form
      ref={form}
      className={formStyles.card}
      aria-label="Add a match"
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        add(false)
      }}
    >
      <h2>Add a match</h2>
      <div className={formStyles.fields}>
        <div className={formStyles.half}>
          <Field
            label={label('match')}
            placeholder="Mexico v Norway"
            autoFocus
            dir="auto"
            value={match.name}
            wrong={wrong.name}
            disabled={so.match !== null}
            onChange={(event) => set({ name: event.target.value })}
          />
        </div>
        <Field
          label={label('round')}
          dir="auto"
          value={match.round}
          wrong={wrong.round}
          onChange={(event) => set({ round: event.target.value })}
        />
        <Field
          label={label('venue')}
          dir="auto"
          value={match.venue}
          wrong={wrong.venue}
          onChange={(event) => set({ venue: event.target.value })}
        />
        <Field
          type="datetime-local"
          label={label('starts_at')}
          hint={`Your time, ${zoneHere()}.`}
          value={match.starts_at}
          wrong={wrong.starts_at}
          onChange={(event) => set({ starts_at: event.target.value })}
        />
        <MarketFields
          draft={market}
          matchName={match.name}
          currency={tournament}
          wrong={{ ...(isTried ? onlyWrong(readB.wrong) : { outcomes: readB.wrong.outcomes }), ...ofMarket }}
          onChange={setMarket}
          onSubmit={() => add(false)}
        />
      </div>
      {isLost ? (
        <Note tone="bad" icon="offline" title="The answer was lost." alert>
          Look in the list whether {match.name.trim() || 'it'} is there before you add it again.
        </Note>
      ) : (
        hasNoField(adding.error, [...MATCH_FIELDS, ...MARKET_FIELDS]) && <Failure error={adding.error} />
      )}
      {so.match !== null && adding.isError && (
        <p className={formStyles.words}>The match is there already; only what is missing is added now.</p>
      )}
      {added && <Note tone="plain" icon="check" title={added} />}
      <div className={formStyles.decide}>
        <Button type="submit" disabled={adding.isPending}>
          {adding.isPending ? 'Adding…' : 'Add as a draft'}
        </Button>
        <Button look="plain" disabled={adding.isPending} onClick={() => add(true)}>
          Add and open
        </Button>
        <span className={formStyles.apart}>
          <Button look="plain" onClick={onClose}>
            Close
          </Button>
        </span>
      </div>
    </form>
  )
}
