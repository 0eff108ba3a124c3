/** A code just made, shown this once: to read out, copy, scan, and print as a poster. */

import { useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import type { InvitationCreated, Tournament } from '@/api/types'
import { announce } from '@/shared/announce'
import { plural } from '@/shared/plural'
import { usePublicAddress } from '@/shared/publicAddress'
import { shortTime } from '@/shared/time'
import { Button } from '@/shared/ui/Button'
import { Note } from '@/shared/ui/Note'
import { Panel } from '@/shared/ui/Panel'
import { Qr } from '@/shared/ui/Qr'
import { Unreachable } from '@/shared/ui/Unreachable'
import { A_ROLE } from '@/shared/words'
import styles from './invitations.module.css'
import { isStaff } from './roles'

interface Props {
  invitation: InvitationCreated
  tournament: Tournament
  onDone: () => void
}

export function FreshCode({ invitation, tournament, onDone }: Props) {
  const address = usePublicAddress()
  const link = `${address.base}/join/${invitation.code}`
  const field = useRef<HTMLInputElement>(null)
  const [isCopied, setCopied] = useState(false)

  async function copy() {
    field.current?.select()
    try {
      await navigator.clipboard.writeText(link)
      setCopied(true)
      announce('The link is copied')
    } catch {
      // Without the browser's leave the link stays selected, to be copied by hand.
      announce('Copy the selected link yourself')
    }
  }

  return (
    <Panel title={`Invitation for ${A_ROLE[invitation.role]}`}>
      <div className={styles.fresh} data-testid="fresh-invitation">
        <div className={styles.code}>
          <Qr text={link} says={`QR code to join ${tournament.name}`} />
        </div>
        <div className={styles.words}>
          <Unreachable {...address} />
          <Note tone="warn" icon="warning" title="Shown only now.">
            The code cannot be shown again. Print it, copy it, or make another one later.
          </Note>
          <p className={styles.letters} data-testid="invitation-code">
            {invitation.code}
          </p>
          <p>
            For {plural(invitation.uses_left, 'person', 'people')}, until{' '}
            {shortTime(invitation.expires_at, Date.now())}.
          </p>
          <input
            ref={field}
            className={styles.url}
            readOnly
            aria-label="Link of the invitation"
            value={link}
            onFocus={(event) => event.target.select()}
          />
          <div className={styles.buttons}>
            <Button onClick={copy}>{isCopied ? 'Copied' : 'Copy the link'}</Button>
            <Button look="plain" onClick={() => print()}>
              Print a poster
            </Button>
            <Button look="plain" onClick={onDone}>
              Done
            </Button>
          </div>
        </div>
      </div>
      {createPortal(<Poster link={link} invitation={invitation} tournament={tournament} />, document.body)}
    </Panel>
  )
}

/** What is printed in place of the page; on a screen it is not there. */
function Poster({ link, invitation, tournament }: Omit<Props, 'onDone'> & { link: string }) {
  return (
    <div className={styles.poster} aria-hidden="true">
      <h1 dir="auto">{tournament.name}</h1>
      {tournament.subtitle && <p dir="auto">{tournament.subtitle}</p>}
      <div>
        <Qr text={link} says="" />
      </div>
      <h2>{isStaff(invitation.role) ? `Scan to join as ${A_ROLE[invitation.role]}` : 'Scan to join'}</h2>
      <p>
        or open <b>{`${new URL(link).host}/join`}</b> and type
      </p>
      <p className={styles.letters}>{invitation.code}</p>
    </div>
  )
}
