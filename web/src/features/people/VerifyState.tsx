import { Link } from '@tanstack/react-router'
import type { Kyc } from '@/api/types'
import { Note } from '@/shared/ui/Note'

interface Props {
  status: Kyc
  /** The document is looked at by somebody at the desk, not by a provider. */
  isDesk: boolean
  /** Declined where it cannot be started again from here. */
  isFinal: boolean
}

/** How the identity check stands, in words. */
export function VerifyState({ status, isDesk, isFinal }: Props) {
  if (isDesk) {
    return (
      <Note tone="warn" icon="clock" title="Show your ID at the desk.">
        It is checked there; this page then says so by itself.{' '}
        <Link to="/wallet">Your code for the desk</Link> opens your card there.
      </Note>
    )
  }
  switch (status) {
    case 'none':
      return (
        <Note tone="plain" icon="clock" title="Not checked yet.">
          It takes a minute or two, with a passport or an identity card.
        </Note>
      )
    case 'pending':
      return (
        <Note tone="warn" icon="clock" title="Waiting for the answer.">
          This page shows it by itself when it arrives.
        </Note>
      )
    case 'review':
      return (
        <Note tone="warn" icon="clock" title="Somebody is looking at it.">
          That can take a while. You can leave this page; it is found again in the menu.
        </Note>
      )
    case 'expired':
      return (
        <Note tone="warn" icon="clock" title="The check is over.">
          It ended without an answer, or is too old by now. Start it again.
        </Note>
      )
    case 'verified':
      return (
        <Note tone="good" icon="check" title="You are verified.">
          Nothing more to do.
        </Note>
      )
    case 'declined':
      return (
        <Note tone="bad" icon="cross" title="The check was declined.">
          {isFinal
            ? 'The desk did not accept the document. Ask there what is missing; it can check you again.'
            : 'You can start it again, or ask at the desk.'}
        </Note>
      )
  }
}
