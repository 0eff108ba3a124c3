import { Note } from '@/shared/ui/Note'

/** What to read twice before deciding it. */
export function Warnings({ of }: { of: readonly string[] }) {
  return of.map((warning) => <Note key={warning} tone="warn" icon="warning" title={warning} />)
}
