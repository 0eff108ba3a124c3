/** Odds as they are being typed: which were touched, against which version, and how saving them went. */

import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, must } from '@/api/client'
import { detailOf, Problem, titleOf } from '@/api/problem'
import type { Market, Outcome } from '@/api/types'
import { announce } from '@/shared/announce'
import { type OddsMilli, oddsText, parseOdds } from '@/shared/odds'
import { plural } from '@/shared/plural'
import { readOdds } from './entry'
import { marketQuery } from './useMarket'

interface Edit {
  text: string
  /** The version of the odds that was on the screen when the typing began. */
  version: number
  wrong?: string
}

const oddsOf = ({ odds }: Outcome): OddsMilli | null => (odds === null ? null : parseOdds(odds))

export function useOdds(market: Market | undefined) {
  const queries = useQueryClient()
  const [edits, setEdits] = useState<Readonly<Record<number, Edit>>>({})
  const [isSaving, setSaving] = useState(false)
  const outcomes = market?.outcomes ?? []

  const textOf = (outcome: Outcome) => edits[outcome.id]?.text ?? outcome.odds ?? ''
  /** What the odds would be; null where none are typed yet, or what is typed is none. */
  const now = (outcome: Outcome) => (edits[outcome.id] ? readOdds(textOf(outcome)) : oddsOf(outcome))
  const isChanged = (outcome: Outcome) => edits[outcome.id] !== undefined && now(outcome) !== oddsOf(outcome)
  const changed = outcomes.filter((outcome) => !outcome.withdrawn && isChanged(outcome))

  function type(outcome: Outcome, text: string) {
    const version = edits[outcome.id]?.version ?? outcome.odds_version
    setEdits((before) => ({ ...before, [outcome.id]: { text, version } }))
  }

  function wrongOf(outcome: Outcome): string | undefined {
    const edit = edits[outcome.id]
    if (edit?.wrong) return edit.wrong
    if (!edit || edit.text.trim() === '' || now(outcome) !== null) return undefined
    return 'Odds such as 2.28, 7/4 or 45%.'
  }

  const forget = (id: number) => setEdits(({ [id]: _, ...rest }) => rest)

  async function saveOne(outcome: Outcome): Promise<boolean> {
    const odds = now(outcome)
    const { text, version } = edits[outcome.id]!
    try {
      const saved = await must(
        api.PATCH('/api/outcome/{outcome_id}', {
          params: { path: { outcome_id: outcome.id } },
          body: { odds: odds === null ? null : oddsText(odds), odds_version: version },
        }),
      )
      queries.setQueryData(
        marketQuery(outcome.market_id).queryKey,
        (before) =>
          before && {
            ...before,
            outcomes: before.outcomes.map((one) => (one.id === saved.id ? saved : one)),
          },
      )
      forget(outcome.id)
      return true
    } catch (error) {
      const isConflict = error instanceof Problem && error.code === 'CONFLICT'
      const theirs = isConflict ? error.figure('odds_version') : undefined
      const wrong = isConflict
        ? `Somebody else made it ${error.body.odds ?? 'empty'} in the meantime. Save again to replace it.`
        : `Not saved. ${detailOf(error) ?? titleOf(error)}`
      setEdits((before) => ({ ...before, [outcome.id]: { text, version: theirs ?? version, wrong } }))
      return false
    }
  }

  /** Only those that were changed, one after the other. */
  async function save() {
    setSaving(true)
    let saved = 0
    for (const outcome of changed) if (await saveOne(outcome)) saved += 1
    setSaving(false)
    announce(
      saved === changed.length
        ? `The odds of ${plural(saved, 'outcome')} were saved`
        : `${plural(changed.length - saved, 'outcome')} could not be saved`,
    )
  }

  return { textOf, now, wrongOf, type, changed, save, isSaving, discard: () => setEdits({}) }
}

export type OddsEntry = ReturnType<typeof useOdds>
