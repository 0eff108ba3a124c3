/**
 * Who looks. A small store of its own, so that a spectator of the board loads no more for it; what is theirs (wallets,
 * bets) is kept in mine.ts.
 */

import { useSyncExternalStore } from 'react'
import { api, must, rememberCsrf } from '@/api/client'
import { Problem } from '@/api/problem'
import type { Me } from '@/api/types'

const TRIES = 3
const TRY_AGAIN_MS = 1000
const TRY_ON_MS = 5000

/** Me, null for an anonymous spectator, undefined while it is not known. */
type Known = Me | null | undefined

/** Why there is nobody: the session ended while one looked, or no answer came yet. */
type Absence = 'ended' | 'unreached' | null

let known: Known
/** How often somebody else has come to look since the pages were loaded. Learning who looks is no change. */
let readers = 0
let absence: Absence = null
let trying: ReturnType<typeof setTimeout> | undefined
const listeners = new Set<() => void>()

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

function become(me: Me | null, why: Absence = null) {
  if (known !== undefined && known?.id !== me?.id) readers += 1
  known = me
  absence = me ? null : why
  rememberCsrf(me?.csrf_token ?? null)
  for (const listener of listeners) listener()
}

const isSignedOut = (error: unknown) => error instanceof Problem && error.status === 401

/** Asks who looks: when the pages start, and whenever what they may do may have changed. */
export async function refreshMe(): Promise<void> {
  clearTimeout(trying)
  for (let i = 1; ; i++) {
    try {
      return become(await must(api.GET('/api/me')))
    } catch (error) {
      if (isSignedOut(error))
        return known ? sessionEnded() : become(null, absence === 'ended' ? 'ended' : null)
      if (i === TRIES) break
      await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS))
    }
  }
  // Without an answer the board is still worth looking at.
  if (!known) become(null, 'unreached')
  trying = setTimeout(refreshMe, TRY_ON_MS)
}

/** A request was answered with 401: who was signed in is no longer. */
export function sessionEnded() {
  if (known) become(null, 'ended')
}

/** Takes the session of somebody who has just signed in or registered. */
export const signedIn = (me: Me) => become(me)

export async function signOut(): Promise<void> {
  await must(api.DELETE('/api/session'))
  become(null)
}

export function useMe(): Known {
  return useSyncExternalStore(subscribe, () => known)
}

/** A number that changes when somebody else looks: what belonged to the one before must go. */
export function useReader(): number {
  return useSyncExternalStore(subscribe, () => readers)
}

export function useAbsence(): Absence {
  return useSyncExternalStore(subscribe, () => absence)
}

/** Tells when that number changes. */
export function onOtherReader(listener: () => void) {
  let before = readers
  subscribe(() => {
    if (before === readers) return
    before = readers
    listener()
  })
}

export function membershipOf(me: Me, tournament: string) {
  return me.memberships.find((member) => member.slug === tournament)
}

/** The tournaments whose audit log this reader may read; an admin reads every other one too. */
export function auditedBy(me: Me) {
  return me.memberships.filter(({ role }) => role === 'auditor' || role === 'organizer')
}

export type DeskRole = 'organizer' | 'cashier' | 'auditor'

/** As what this reader works at the desk of a tournament; null for everybody else. An admin is an organizer. */
export function deskRole(me: Known, tournament: string): DeskRole | null {
  if (!me) return null
  if (me.admin) return 'organizer'
  const role = membershipOf(me, tournament)?.role
  return role === 'organizer' || role === 'cashier' || role === 'auditor' ? role : null
}

/** Whether this reader has a place at the desk of a tournament. */
export const worksAtDesk = (me: Known, tournament: string) => deskRole(me, tournament) !== null
