/** A market's terms. What was promised to bettors is locked from the first bet on. */

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api, must } from '@/api/client'
import type { Market } from '@/api/types'
import type { MarketOnBoard } from '@/feed/messages'
import { announce } from '@/shared/announce'
import { hasNoField, wrongOf } from '@/shared/fieldErrors'
import type { Currency } from '@/shared/money'
import { parseOdds } from '@/shared/odds'
import { Button } from '@/shared/ui/Button'
import { Failure } from '@/shared/ui/Note'
import { FailedToLoad, Loading } from '@/shared/ui/States'
import { label } from '@/shared/words'
import formStyles from '../form.module.css'
import { lockOf, readStakeMin, TERMS, type Term, type Texts, textsOf } from '../marketTerms'
import { SmallestStake } from '../odds/SmallestStake'
import { marketQuery, useMarket } from '../odds/useMarket'
import { TermFields } from '../TermFields'
import { Clashed } from './Clashed'
import { Remove } from './Remove'
import { readTerms, type Terms } from './terms'
import { Clash, saveVersioned } from './versionedSave'

export function MarketForm({ market, currency }: { market: MarketOnBoard; currency: Currency }) {
  const query = useMarket(market.id, market.version)
  if (query.isPending) return <Loading what="the market" />
  if (!query.data) return <FailedToLoad error={query.error} onRetry={() => query.refetch()} />
  return <Form market={query.data} currency={currency} />
}

function Form({ market, currency }: { market: Market; currency: Currency }) {
  const queries = useQueryClient()
  /** As it was when the typing began: what somebody else does meanwhile is told apart by it. */
  const [seen, setSeen] = useState(market)
  const [edits, setEdits] = useState<Partial<Texts>>({})
  const isTouched = Object.keys(edits).length > 0
  const base = isTouched ? seen : market
  const texts = { ...textsOf(base, currency), ...edits }
  const { body, wrong } = readTerms(texts, base, currency)
  const path = { params: { path: { market_id: market.id } } }

  const saving = useMutation({
    mutationFn: (from: Market) =>
      saveVersioned<Market, Terms>({
        seen: from,
        body: readTerms({ ...textsOf(from, currency), ...edits }, from, currency).body,
        save: (terms, version) =>
          must(api.PATCH('/api/market/{market_id}', { ...path, body: { ...terms, version } })),
        reload: () => must(api.GET('/api/market/{market_id}', path)),
      }),
    onSuccess: (saved) => {
      queries.setQueryData(marketQuery(market.id).queryKey, saved)
      setEdits({})
      announce('The market was saved')
    },
  })
  const clash = saving.error instanceof Clash ? (saving.error as Clash<Market>) : null
  const said = wrongOf(saving.error, TERMS)

  function type(term: Term, text: string) {
    if (!isTouched) setSeen(market)
    setEdits({ ...edits, [term]: text })
  }
  function onSubmit(event: FormEvent) {
    event.preventDefault()
    if (Object.keys(body).length > 0 && Object.keys(wrong).length === 0) saving.mutate(base)
  }
  function forget() {
    setEdits({})
    saving.reset()
  }

  const theirs = clash ? textsOf(clash.theirs, currency) : null
  return (
    <form className={formStyles.labelled} onSubmit={onSubmit} aria-label="The market and its terms">
      <div className={formStyles.fields}>
        <TermFields
          terms={TERMS}
          currency={currency}
          texts={texts}
          wrong={{ ...said, ...wrong }}
          own={market.id}
          lockOf={(term) => lockOf(term, market)}
          onType={type}
        />
        <div className={formStyles.wide}>
          <SmallestStake
            kind={texts.kind}
            stakeMin={readStakeMin(texts.stake_min, currency)}
            odds={market.outcomes
              .filter(({ withdrawn }) => !withdrawn)
              .map(({ odds }) => (odds === null ? null : parseOdds(odds)))}
            currency={currency}
          />
        </div>
      </div>
      {clash && theirs && (
        <Clashed
          theirs={clash.fields.map((term) => `${label(term as Term)}: ${theirs[term as Term] || 'empty'}`)}
          onMine={() => {
            setSeen(clash.theirs)
            saving.mutate(clash.theirs)
          }}
          onTheirs={() => {
            queries.setQueryData(marketQuery(market.id).queryKey, clash.theirs)
            forget()
          }}
        />
      )}
      {!clash && hasNoField(saving.error, TERMS) && <Failure error={saving.error} />}
      <div className={formStyles.decide}>
        <Button
          type="submit"
          size="small"
          disabled={saving.isPending || Object.keys(body).length === 0 || Object.keys(wrong).length > 0}
        >
          {saving.isPending ? 'Saving…' : 'Save the market'}
        </Button>
        {isTouched && (
          <Button size="small" look="plain" onClick={forget}>
            Discard
          </Button>
        )}
        <span className={formStyles.apart}>
          <Remove what="the market" remove={() => must(api.DELETE('/api/market/{market_id}', path))} />
        </span>
      </div>
    </form>
  )
}
