/** What a withdrawn runner takes off winnings at fixed odds: a table to see, change and switch off. */

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, must } from '@/api/client'
import type { Tournament } from '@/api/types'
import { Button } from '@/shared/ui/Button'
import { TextField } from '@/shared/ui/Field'
import { Failure, Note } from '@/shared/ui/Note'
import { Panel } from '@/shared/ui/Panel'
import { label } from '@/shared/words'
import { RULE_4, readTable, textOf } from './deductions'
import styles from './tournament.module.css'

export function Deductions({ tournament }: { tournament: Tournament }) {
  const queries = useQueryClient()
  const before = textOf(tournament.deductions)
  const [text, setText] = useState(before)
  const { table, wrong } = readTable(text)
  const isSame = textOf(table) === textOf(readTable(before).table)
  const save = useMutation({
    mutationFn: () =>
      must(
        api.PATCH('/api/tournament/{which}', {
          params: { path: { which: tournament.slug } },
          body: { deductions: table },
        }),
      ),
    onSuccess: (saved) => {
      queries.setQueryData(['tournament', saved.slug], saved)
      setText(textOf(saved.deductions))
    },
  })
  const type = (typed: string) => {
    setText(typed)
    save.reset()
  }
  return (
    <Panel title={label('deductions')}>
      <p>
        Where a runner of a market with fixed odds is withdrawn, winnings of bets placed before lose a part:
        the shorter its odds, the more. You see it, and can change it, at each withdrawal. Without a line here
        nothing is taken off.
      </p>
      <form
        className={styles.table}
        onSubmit={(event) => {
          event.preventDefault()
          if (!wrong && !isSame) save.mutate()
        }}
      >
        <TextField
          label="Up to which odds, how many per cent"
          hint="A line each, such as 3.25 30."
          rows={Math.min(20, Math.max(4, text.split('\n').length + 1))}
          spellCheck={false}
          value={text}
          wrong={wrong}
          onChange={(event) => type(event.target.value)}
        />
        <Failure error={save.error} />
        <div role="status">{save.isSuccess && <Note tone="good" icon="check" title="Saved." />}</div>
        <div className={styles.decide}>
          <Button type="submit" disabled={Boolean(wrong) || isSame || save.isPending}>
            {save.isPending
              ? 'Saving…'
              : table.length === 0
                ? 'Save: nothing is taken off'
                : 'Save the table'}
          </Button>
          <Button look="plain" onClick={() => type(RULE_4)}>
            The British Rule 4
          </Button>
          <Button look="plain" onClick={() => type('')}>
            Nothing
          </Button>
        </div>
      </form>
    </Panel>
  )
}
