/**
 * Saves what was edited against the version that was seen. A change of somebody else that left these fields alone is no
 * conflict; one that did not is shown, and the organizer decides. Knows neither forms nor what is edited.
 */

import { Problem } from '@/api/problem'

/** The API counts a version up for any change; tried again this often before giving up. */
const TRIES = 4

export class Clash<Row> extends Error {
  override name = 'Clash'

  constructor(
    /** As it is now. */
    readonly theirs: Row,
    /** What both changed. */
    readonly fields: Array<keyof Row>,
  ) {
    super('Somebody else changed this in the meantime')
  }
}

const same = (a: unknown, b: unknown) => a === b || JSON.stringify(a) === JSON.stringify(b)

interface Saving<Row, Body> {
  /** As it was when the editing began. */
  seen: Row
  body: Body
  save: (body: Body, version: number) => Promise<Row>
  reload: () => Promise<Row>
}

/** Raises Clash where somebody else changed the same fields, and what `save` and `reload` raise. */
export async function saveVersioned<Row extends { version: number }, Body extends object>({
  seen,
  body,
  save,
  reload,
}: Saving<Row, Body>): Promise<Row> {
  const fields = Object.keys(body) as Array<keyof Row>
  let { version } = seen
  for (let i = 1; ; i++) {
    try {
      return await save(body, version)
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'CONFLICT' || i === TRIES) throw error
      const now = await reload()
      // A conflict of another kind: the version is the one that was sent.
      if (now.version === version) throw error
      const both = fields.filter((field) => !same(now[field], seen[field]))
      if (both.length > 0) throw new Clash(now, both)
      version = now.version
    }
  }
}
