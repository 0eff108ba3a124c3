/**
 * The downloads that were asked for here, outside React: they go on while another room is looked at. The browser itself
 * fetches and keeps the file; the server is asked how far it has come.
 */

import { useSyncExternalStore } from 'react'
import { api, must } from '@/api/client'
import { Problem } from '@/api/problem'
import type { ExportProgress } from '@/api/types'
import { announce } from '@/shared/announce'
import { uuid7 } from '@/shared/uuid7'
import { ABOUT, FORMAT_NAME, type Format, type SheetName } from './words'

const LOOK_MS = 600
/** One that takes long is looked at less often. */
const LONG_MS = 10_000
const LOOK_LATER_MS = 2000
/** A download the server knows nothing of by then is another process's: the browser alone shows it. */
const UNKNOWN_MS = 8000

export interface Asked {
  slug: string
  sheet: SheetName
  format: Format
}

export interface Download extends Asked {
  number: string
  /** When it was asked for, and when it was over. */
  at: number
  overAt: number | null
  progress: ExportProgress | null
  isUnknown: boolean
}

const downloads = new Map<string, Download>()
const listeners = new Set<() => void>()

const keyOf = ({ slug, sheet }: Pick<Asked, 'slug' | 'sheet'>) => `${slug} ${sheet}`

function become(download: Download) {
  downloads.set(keyOf(download), download)
  for (const listener of listeners) listener()
}

/** The address of a file; with a number its progress can be asked for. */
export function addressOf({ slug, sheet, format }: Asked, number?: string): string {
  const query = new URLSearchParams({ format, ...(number && { number }) })
  return `/api/tournament/${encodeURIComponent(slug)}/export/${sheet}?${query}`
}

const isOver = ({ state }: ExportProgress) => state === 'done' || state === 'failed' || state === 'left'

function said({ sheet, format }: Asked, { state }: ExportProgress) {
  const file = `${ABOUT[sheet].title}, ${FORMAT_NAME[format]}`
  announce(state === 'done' ? `${file}: downloaded` : `${file}: not downloaded`)
}

/** Follows one until it is over, or until another of the same sheet was asked for. */
async function follow(download: Download) {
  const isCurrent = () => downloads.get(keyOf(download))?.number === download.number
  while (isCurrent()) {
    const pause = Date.now() - download.at < LONG_MS ? LOOK_MS : LOOK_LATER_MS
    await new Promise((resolve) => setTimeout(resolve, pause))
    if (!isCurrent()) return
    const now = downloads.get(keyOf(download)) ?? download
    try {
      const path = { number: download.number }
      const progress = await must(api.GET('/api/export/{number}', { params: { path } }))
      if (!isCurrent()) return
      become({ ...now, progress, overAt: isOver(progress) ? Date.now() : null })
      if (isOver(progress)) return said(download, progress)
    } catch (error) {
      const isNotThere = error instanceof Problem && error.status === 404
      if (isNotThere && Date.now() - download.at > UNKNOWN_MS) return become({ ...now, isUnknown: true })
      if (error instanceof Problem && error.status === 401) return become({ ...now, isUnknown: true })
    }
  }
}

/** A download begins: its address. */
export function begin(asked: Asked): string {
  const number = uuid7()
  const download = { ...asked, number, at: Date.now(), overAt: null, progress: null, isUnknown: false }
  become(download)
  follow(download)
  return addressOf(asked, number)
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

/** The last download of a sheet that was asked for here. */
export const useDownload = (slug: string, sheet: SheetName): Download | undefined =>
  useSyncExternalStore(subscribe, () => downloads.get(keyOf({ slug, sheet })))
