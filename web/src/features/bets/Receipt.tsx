/** The receipt of one bet: all that is known of it, live until it is decided, and fit to be printed. */

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Problem } from '@/api/problem'
import type { Bet, Me } from '@/api/types'
import { betQuery } from '@/shared/mine'
import { useOddsFormat } from '@/shared/prefs'
import { usePublicAddress } from '@/shared/publicAddress'
import { referenceOf } from '@/shared/reference'
import { tournamentQuery } from '@/shared/server'
import { exactTime } from '@/shared/time'
import { Button, LinkButton } from '@/shared/ui/Button'
import { Icon } from '@/shared/ui/Icon'
import { Qr } from '@/shared/ui/Qr'
import { Awaiting, Empty } from '@/shared/ui/States'
import { Unreachable } from '@/shared/ui/Unreachable'
import { REFUNDED_FOR_WORDS } from '@/shared/words'
import { BetLife } from './BetLife'
import styles from './Receipt.module.css'
import { moneyLines, outcomeWords, SIGNS } from './words'

export function Receipt({ id, me }: { id: string; me: Me }) {
  const bet = useQuery(betQuery(id))
  if (bet.error instanceof Problem && (bet.error.status === 404 || bet.error.status === 422)) {
    // Somebody else's receipt, scanned by who works there.
    if (bet.error.status === 404 && (me.admin || me.memberships.some(({ role }) => role !== 'bettor')))
      return <BetLife id={id} me={me} />
    return (
      <Empty title="You have no such bet.">
        <p>It was never taken, or it is somebody else's: a receipt is shown to its bettor alone.</p>
        <LinkButton>
          <Link to="/bets">See my bets</Link>
        </LinkButton>
      </Empty>
    )
  }
  return (
    <>
      <Awaiting query={bet} what="the receipt" />
      {bet.data && <Paper bet={bet.data} me={me} />}
    </>
  )
}

/** The tournament's name and address; a membership knows them, unless the tournament is archived. */
function useTournament(bet: Bet, me: Me) {
  const member = me.memberships.find((one) => one.tournament_id === bet.tournament_id)
  const { data } = useQuery({ ...tournamentQuery(bet.tournament_id), enabled: !member })
  return member ?? data
}

function Paper({ bet, me }: { bet: Bet; me: Me }) {
  const format = useOddsFormat()
  const tournament = useTournament(bet, me)
  const reached = usePublicAddress()
  const address = `${reached.base}/bets/${bet.id}`
  return (
    <>
      <article className={styles.paper} data-status={bet.status} data-testid="receipt" aria-label="Receipt">
        <p className={styles.issuer}>
          <b dir="auto">{tournament?.name ?? ' '}</b>
          <span className="num">{referenceOf(bet.id)}</span>
        </p>
        <p className={styles.verdict} role="status">
          <span className={styles.badge}>
            <Icon name={SIGNS[bet.status]} />
          </span>
          <strong className="num">{outcomeWords(bet)}</strong>
        </p>
        {bet.refunded_for && <p className={styles.small}>{REFUNDED_FOR_WORDS[bet.refunded_for]}</p>}
        <div className={styles.pick}>
          <h2 dir="auto">{bet.outcome}</h2>
          {bet.outcome_now && (
            <p data-testid="renamed">
              Now called <bdi>{bet.outcome_now}</bdi>.
            </p>
          )}
          <p>
            <bdi>{bet.market}</bdi>, <bdi>{bet.match}</bdi>
          </p>
        </div>
        <dl className={`num ${styles.money}`}>
          {moneyLines(bet, format).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        {bet.kind === 'pool' && bet.status === 'pending' && (
          <p className={styles.small}>
            A pool: it pays the dividend worked out at the close, not the odds when placed.
          </p>
        )}
        <div className={styles.proof}>
          <dl className={styles.facts}>
            <Fact name="Placed" value={exactTime(bet.placed_at)} />
            {bet.settled_at && <Fact name="Settled" value={exactTime(bet.settled_at)} />}
            <Fact name="Bettor" value={me.name} />
            <Fact name="Wallet" value={`${bet.currency}, ${tournament?.name ?? ''}`} />
            <Fact name="Bet number" value={bet.id} />
          </dl>
          <figure>
            <Qr text={address} says="QR code of this receipt's address" />
          </figure>
        </div>
        <p className={styles.address}>{address}</p>
        {(me.admin || me.memberships.some(({ role }) => role === 'organizer')) && (
          <div data-noprint>
            <Unreachable {...reached} />
          </div>
        )}
      </article>
      <Actions address={address} slug={tournament?.slug} match={bet.match_id} />
    </>
  )
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="num" dir="auto">
        {value}
      </dd>
    </div>
  )
}

interface ActionsProps {
  address: string
  slug: string | undefined
  match: number
}

function Actions({ address, slug, match }: ActionsProps) {
  const [copied, setCopied] = useState('')
  async function copy() {
    try {
      await navigator.clipboard.writeText(address)
      setCopied('The link is copied.')
    } catch {
      // Browsers give the clipboard to secure pages only, and may ask.
      setCopied('The browser did not allow it. The address is at the foot of the receipt.')
    }
  }
  return (
    <div className={styles.actions} data-noprint>
      <Button onClick={() => print()}>Print</Button>
      <Button look="plain" onClick={copy}>
        Copy link
      </Button>
      <LinkButton look="plain">
        <Link to="/bets">My bets</Link>
      </LinkButton>
      {slug && (
        <LinkButton look="plain">
          <Link to="/t/$slug/m/$match" params={{ slug, match: String(match) }}>
            See the match
          </Link>
        </LinkButton>
      )}
      <p role="status">{copied}</p>
    </div>
  )
}
