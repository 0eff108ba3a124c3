/** A chosen file: looked at by the server whenever something about it is said otherwise, and imported once it is asked for. */

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, must } from '@/api/client'
import { save } from '@/shared/save'
import { type How, queryOf, USUAL } from './meaning'

/** What was in the file when it was chosen: what was looked at is what is imported. */
export interface Chosen {
  /** One for each choice, so that the same name can hold something else. */
  id: number
  name: string
  content: ArrayBuffer
}

function send(slug: string, { name, content }: Chosen, how: How, isDry: boolean) {
  return must(
    api.POST('/api/tournament/{which}/import', {
      params: { path: { which: slug }, query: queryOf(name, how, isDry) },
      // The schema calls a binary body a text.
      body: content as unknown as string,
      bodySerializer: (body) => body,
      headers: { 'Content-Type': 'application/octet-stream' },
    }),
  )
}

/** Hands the browser the sheet as a workbook in which the faulty cells are marked. */
export async function saveMarked(slug: string, { name, content }: Chosen, how: How) {
  const marked = await must(
    api.POST('/api/tournament/{which}/import/marked', {
      params: { path: { which: slug }, query: queryOf(name, how, true) },
      body: content as unknown as string,
      bodySerializer: (body) => body,
      headers: { 'Content-Type': 'application/octet-stream' },
      parseAs: 'blob',
    }),
  )
  save(marked as unknown as Blob, `${name.replace(/\.[^.]*$/, '')} – problems.xlsx`)
}

export function useImport(slug: string, chosen: Chosen) {
  const queries = useQueryClient()
  const [how, setHow] = useState<How>(USUAL)
  const look = useQuery({
    queryKey: ['import', slug, chosen.id, how],
    queryFn: () => send(slug, chosen, how, true),
    placeholderData: keepPreviousData,
    staleTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
  })
  const write = useMutation({
    mutationFn: () => send(slug, chosen, how, false),
    // Also where the answer was lost.
    onSettled: () => queries.invalidateQueries({ queryKey: ['imports', slug] }),
  })
  return { how, set: (more: Partial<How>) => setHow((now) => ({ ...now, ...more })), look, write }
}
