import { useState } from 'react'
import { api, must } from '@/api/client'
import type { MatchOnBoard } from '@/feed/messages'
import { Field } from '@/shared/ui/Field'
import { readScore, scoreBody, scoreText } from '../editing/matchFields'
import formStyles from '../form.module.css'

/** The score of the match, which pays nothing and is shown beside it. */
export function Score({ text, onText }: { text: string; onText: (text: string) => void }) {
  return (
    <div className={formStyles.fields}>
      <Field
        label="Score, if you want it shown"
        placeholder="2:1"
        autoComplete="off"
        value={text}
        wrong={readScore(text) === undefined ? 'A score such as 2:1.' : undefined}
        onChange={(event) => onText(event.target.value)}
      />
    </div>
  )
}

/** The score as it is typed beside a result; `save` sends it where it was changed. */
export function useScore(match: MatchOnBoard | undefined) {
  const before = scoreText(match?.score)
  const [text, setText] = useState(before)
  const goals = readScore(text)
  return {
    text,
    setText,
    isFine: goals !== undefined,
    async save() {
      if (!match || goals === undefined || text.trim() === before) return
      await must(
        api.PATCH('/api/match/{match_id}', {
          params: { path: { match_id: match.id } },
          body: { score: scoreBody(goals, match.score) },
        }),
      )
    },
  }
}
