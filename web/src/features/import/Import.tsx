/** The Import room of the desk: choose a file, say what its columns mean, see what it does, do it. */

import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Problem } from '@/api/problem'
import { Button, LinkButton } from '@/shared/ui/Button'
import { Failure, Note } from '@/shared/ui/Note'
import { Loading } from '@/shared/ui/States'
import { Choose } from './Choose'
import { Columns } from './Columns'
import { Effect } from './Effect'
import effect from './Effect.module.css'
import styles from './import.module.css'
import { actionOf, doneWords, size, wrongTakeout } from './meaning'
import { Options } from './Options'
import { Past } from './Past'
import { People } from './People'
import { type Chosen, saveMarked, useImport } from './useImport'

export function Import({ slug }: { slug: string }) {
  const [chosen, setChosen] = useState<Chosen | null>(null)
  return (
    <main className={styles.main}>
      <h1>Import</h1>
      {chosen ? (
        <File key={chosen.id} slug={slug} chosen={chosen} onOther={() => setChosen(null)} />
      ) : (
        <Choose onChosen={setChosen} />
      )}
      <Past slug={slug} />
    </main>
  )
}

interface FileProps {
  slug: string
  chosen: Chosen
  onOther: () => void
}

function File({ slug, chosen, onOther }: FileProps) {
  const { how, set, look, write } = useImport(slug, chosen)
  const seen = look.data
  // A file that cannot be read at all is refused; what was read before of it says nothing now.
  const refused =
    look.error && !(look.error instanceof Problem && (look.error.of('draw') || look.error.of('match')))
      ? look.error
      : null
  if (write.data) {
    return <Done words={doneWords(write.data)} slug={slug} name={chosen.name} onOther={onOther} />
  }
  return (
    <section className={styles.file} aria-label={chosen.name} aria-busy={look.isFetching}>
      <header>
        <b>
          <bdi>{chosen.name}</bdi>
        </b>
        <span>
          {size(chosen.content.byteLength)}
          {seen && seen.format !== 'worldcup' && `, ${seen.rows.toLocaleString('en-GB')} rows`}
        </span>
        <Button size="small" look="plain" onClick={onOther}>
          Choose another
        </Button>
      </header>
      {look.isPending && <Loading what="the file" />}
      {refused && <Refused error={refused} onRetry={() => look.refetch()} />}
      {seen && (
        <>
          {seen.columns.length > 0 && (
            <Columns
              columns={seen.columns}
              said={how.meanings}
              isOff={look.isPlaceholderData && how.meanings === undefined}
              onMeanings={(meanings) => set({ meanings })}
            />
          )}
          <Options
            seen={seen}
            how={how}
            wrongDraw={look.error instanceof Problem ? look.error.of('draw') : undefined}
            wrongMatch={look.error instanceof Problem ? look.error.of('match') : undefined}
            onHow={set}
          />
          {!look.error && seen.people && <People people={seen.people} warnings={seen.warnings} />}
          {!look.error && !seen.people && (
            <Effect
              seen={seen}
              how={how}
              onHow={set}
              onMarked={seen.format === 'worldcup' ? undefined : () => saveMarked(slug, chosen, how)}
            />
          )}
          {!look.error && seen.errors.length === 0 && seen.doubtful === 0 && (
            <Act
              action={actionOf(seen)}
              isOff={look.isFetching || write.isPending || wrongTakeout(how.takeout) !== undefined}
              isPending={write.isPending}
              error={write.error}
              onAct={() => write.mutate()}
            />
          )}
        </>
      )}
    </section>
  )
}

/** Each line of a refusal, with its row. */
function Refused({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const lines = error instanceof Problem ? (error.body.errors ?? []) : []
  const canRetry = !(error instanceof Problem) || error.body.retry
  return (
    <div className={effect.errors} data-testid="import-refused">
      {lines.length > 0 ? (
        <Note tone="bad" icon="cross" title="The file cannot be read." alert>
          {lines.map(({ field, detail }) => `${field === 'file' ? '' : `${field}: `}${detail}.`).join(' ')}
        </Note>
      ) : (
        <Failure error={error} />
      )}
      {canRetry && (
        <Button look="plain" size="small" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  )
}

interface ActProps {
  action: string | null
  isOff: boolean
  isPending: boolean
  error: unknown
  onAct: () => void
}

function Act({ action, isOff, isPending, error, onAct }: ActProps) {
  const isLost = Boolean(error) && !(error instanceof Problem)
  return (
    <div className={styles.act}>
      <Failure error={error}>
        {isLost && 'It may have been imported or not. Send it again: nothing is ever imported twice.'}
      </Failure>
      {action === null ? (
        <Note tone="plain" icon="check" title="Nothing to change.">
          Everything in the file is there already.
        </Note>
      ) : (
        <Button disabled={isOff} onClick={onAct}>
          {isPending ? 'Importing…' : isLost ? `Send it again: ${action.toLowerCase()}` : action}
        </Button>
      )}
      {isPending && (
        <p className={styles.hint} role="status">
          You can leave this page: it is imported whole or not at all, and is listed below when it is done.
        </p>
      )}
    </div>
  )
}

interface DoneProps {
  words: string
  slug: string
  name: string
  onOther: () => void
}

function Done({ words, slug, name, onOther }: DoneProps) {
  return (
    <div className={styles.act} role="status" data-testid="imported">
      <Note tone="good" icon="check" title={`${name} is imported.`}>
        {words}
      </Note>
      <p className={styles.ways}>
        <LinkButton>
          <Link to="/org/t/$slug" params={{ slug }}>
            See the markets
          </Link>
        </LinkButton>
        <Button look="plain" onClick={onOther}>
          Import another file
        </Button>
      </p>
    </div>
  )
}
