import { Button } from '@/shared/ui/Button'
import { Note } from '@/shared/ui/Note'
import formStyles from '../form.module.css'

interface Props {
  /** What both changed and how it is now, in words: "name: The final". */
  theirs: string[]
  onMine: () => void
  onTheirs: () => void
}

/** Somebody else changed the same meanwhile: what it is now, and which of the two is to stand. */
export function Clashed({ theirs, onMine, onTheirs }: Props) {
  return (
    <div className={formStyles.labelled} role="alert">
      <Note tone="warn" icon="warning" title="Somebody else changed this in the meantime.">
        Now it is <bdi>{theirs.join('; ')}</bdi>.
      </Note>
      <div className={formStyles.decide}>
        <Button size="small" onClick={onMine}>
          Save mine
        </Button>
        <Button size="small" look="plain" onClick={onTheirs}>
          Use theirs
        </Button>
      </div>
    </div>
  )
}
