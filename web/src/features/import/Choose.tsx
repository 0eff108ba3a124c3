/** The place to choose a file, or to drop one. */

import { type DragEvent, useRef, useState } from 'react'
import { save } from '@/shared/save'
import { Button } from '@/shared/ui/Button'
import { Note } from '@/shared/ui/Note'
import styles from './import.module.css'
import { FILE_BYTES_MAX, size, TEMPLATE } from './meaning'
import type { Chosen } from './useImport'

let chosen = 0

/** Hands the browser a sheet to fill in. */
const saveTemplate = () => save(new Blob([TEMPLATE], { type: 'text/csv' }), 'matches.csv')

export function Choose({ onChosen }: { onChosen: (chosen: Chosen) => void }) {
  const input = useRef<HTMLInputElement>(null)
  const [isOver, setOver] = useState(false)
  const [wrong, setWrong] = useState<string | null>(null)

  async function take(file: File | undefined) {
    if (!file) return
    if (file.size > FILE_BYTES_MAX)
      return setWrong(`${file.name} has ${size(file.size)}; at most ${size(FILE_BYTES_MAX)} are taken.`)
    try {
      const content = await file.arrayBuffer()
      setWrong(null)
      onChosen({ id: ++chosen, name: file.name, content })
    } catch {
      setWrong(`${file.name} cannot be read. Is it a folder, or was it moved?`)
    }
  }

  function onDrop(event: DragEvent) {
    event.preventDefault()
    setOver(false)
    take(event.dataTransfer.files[0])
  }

  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the button does the same by keyboard. */}
      <div
        className={styles.drop}
        data-over={isOver || undefined}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={onDrop}
      >
        <p>
          <b>Drop a spreadsheet here</b>
          <span>CSV, Excel (.xlsx), or a World Cup JSON, up to {size(FILE_BYTES_MAX)}</span>
        </p>
        <input
          ref={input}
          type="file"
          className="visually-hidden"
          tabIndex={-1}
          aria-label="File to import"
          accept=".csv,.tsv,.txt,.xlsx,.json"
          onChange={(event) => {
            take(event.target.files?.[0])
            // The same file can be chosen again, after it was mended.
            event.target.value = ''
          }}
        />
        <Button onClick={() => input.current?.click()}>Choose a file</Button>
      </div>
      {wrong && <Note tone="bad" icon="cross" title={wrong} alert />}
      <p className={styles.hint}>
        A row for each outcome, or a row for each match with its sides beside each other; you say what each
        column means. People with their balances, and bets already taken elsewhere, come in the same way: a
        sheet with names and balances, a sheet with name, match, pick and stake. Nothing is written before you
        have seen what it does. New to this?{' '}
        <button type="button" className={styles.link} onClick={saveTemplate}>
          Download a template
        </button>
        .
      </p>
    </>
  )
}
