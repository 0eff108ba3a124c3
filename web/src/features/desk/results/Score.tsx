import { Field } from '@/shared/ui/Field'
import { readScore } from '../editing/matchFields'
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
