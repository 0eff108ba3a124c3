/** Another market for a match that is there. */

import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api, must } from '@/api/client'
import type { MatchOnBoard } from '@/feed/messages'
import { hasNoField, onlyWrong, wrongOf } from '@/shared/fieldErrors'
import type { Currency } from '@/shared/money'
import { Button } from '@/shared/ui/Button'
import { Failure } from '@/shared/ui/Note'
import formStyles from '../form.module.css'
import { isRight, MARKET_FIELDS, MARKET_START, readMarket } from './draft'
import { MarketFields } from './MarketFields'

interface Props {
  match: MatchOnBoard
  currency: Currency
  onClose: () => void
}

export function AddMarket({ match, currency, onClose }: Props) {
  const [draft, setDraft] = useState(MARKET_START)
  const [isTried, setTried] = useState(false)
  const read = readMarket(draft, match, currency)
  const adding = useMutation({
    mutationFn: () => must(api.POST('/api/market', { body: { match_id: match.id, ...read.body } })),
    onSuccess: onClose,
  })
  const said = wrongOf(adding.error, MARKET_FIELDS)

  function add() {
    setTried(true)
    if (!adding.isPending && isRight(read.wrong)) adding.mutate()
  }

  return (
    <form
      className={formStyles.form}
      aria-label={`Add a market to ${match.name}`}
      onSubmit={(event) => {
        event.preventDefault()
        add()
      }}
    >
      <div className={formStyles.fields}>
        <MarketFields
          draft={draft}
          matchName={match.name}
          currency={currency}
          wrong={{ ...said, ...onlyWrong(isTried ? read.wrong : { ...read.wrong, name: undefined }) }}
          onChange={setDraft}
          onSubmit={add}
        />
      </div>
      {hasNoField(adding.error, MARKET_FIELDS) && <Failure error={adding.error} />}
      <div className={formStyles.decide}>
        <Button type="submit" disabled={adding.isPending}>
          {adding.isPending ? 'Adding…' : 'Add the market'}
        </Button>
        <Button look="plain" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
