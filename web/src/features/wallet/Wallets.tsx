/** My wallet in a tournament: what is in it, what is owed, how money gets in and out, and the statement. */

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import type { Me, Wallet } from '@/api/types'
import { walletsQuery } from '@/shared/mine'
import { money } from '@/shared/money'
import { usePublicAddress } from '@/shared/publicAddress'
import { Button, LinkButton } from '@/shared/ui/Button'
import { Dialog } from '@/shared/ui/Dialog'
import { Note } from '@/shared/ui/Note'
import { Qr } from '@/shared/ui/Qr'
import { Awaiting, Empty } from '@/shared/ui/States'
import { TournamentChoice } from '@/shared/ui/TournamentChoice'
import { Statement } from './Statement'
import styles from './Wallets.module.css'
import { cardAddress } from './words'

const LOOK_EVERY_MS = 5000
/** Somebody stands at the desk and waits for it. */
const AT_DESK_MS = 1000
/** Figures of more characters than this are set smaller. */
const LONG = 13

interface Props {
  me: Me
  tournament: number | undefined
  /** The tournament to begin with where none is asked for, by its slug. */
  usual: string | null
  onChoose: (tournament: number | undefined) => void
}

export function Wallets({ me, tournament, usual, onChoose }: Props) {
  const wallets = useQuery({ ...walletsQuery, refetchInterval: LOOK_EVERY_MS })
  const { data } = wallets
  const wallet =
    data?.find((one) => one.tournament_id === tournament) ??
    data?.find((one) => one.slug === usual) ??
    data?.[0]
  return (
    <>
      <Awaiting query={wallets} what="your wallet" />
      {data?.length === 0 && (
        <Empty title="No wallet yet.">
          <p>Join a tournament on its board: that opens your wallet there.</p>
          <LinkButton>
            <Link to="/">See the tournaments</Link>
          </LinkButton>
        </Empty>
      )}
      {wallet && (
        <>
          <TournamentChoice me={me} tournament={wallet.tournament_id} onChoose={onChoose} />
          <WalletOf key={wallet.id} me={me} wallet={wallet} />
        </>
      )}
    </>
  )
}

function WalletOf({ me, wallet }: { me: Me; wallet: Wallet }) {
  const name = me.memberships.find((one) => one.tournament_id === wallet.tournament_id)?.name ?? wallet.slug
  const balance = money(wallet.balance, wallet)
  return (
    <>
      <section className={styles.wallet} aria-label={`Wallet in ${name}`}>
        <header>
          <span className={styles.muted} dir="auto">
            {name}
          </span>
          <strong
            className="num"
            data-testid="wallet-balance"
            data-long={balance.length > LONG ? '' : undefined}
          >
            {balance}
          </strong>
        </header>
        {wallet.owed > 0 && (
          <Note tone="warn" icon="warning" title={`You owe ${money(wallet.owed, wallet)}.`}>
            A result was corrected after its winnings had been spent. What you pay in goes to this first;
            until it is paid back you cannot bet or withdraw.
          </Note>
        )}
        <InAndOut me={me} wallet={wallet} name={name} />
      </section>
      <Statement wallet={wallet} name={name} bettor={me.name} />
    </>
  )
}

interface InAndOutProps {
  me: Me
  wallet: Wallet
  name: string
}

/** No payment goes through these pages: money changes hands at the desk, and the cashier writes it down. */
function InAndOut({ me, wallet, name }: InAndOutProps) {
  const [isShown, setShown] = useState(false)
  useQuery({ ...walletsQuery, enabled: isShown, refetchInterval: AT_DESK_MS })
  const { base } = usePublicAddress()
  return (
    <div className={styles.actions} data-noprint>
      <Button onClick={() => setShown(true)}>Pay in or out</Button>
      <LinkButton look="plain">
        <Link to="/limits" search={{ tournament: wallet.tournament_id }}>
          Your limits
        </Link>
      </LinkButton>
      {isShown && (
        <Dialog title="Pay in or out at the desk" onClose={() => setShown(false)}>
          <div className={styles.desk}>
            <p>
              Show this at the desk of <bdi>{name}</bdi>. The cashier takes or hands out the money and writes
              it down.
            </p>
            <div className={styles.code}>
              <Qr
                text={cardAddress(base, wallet.slug, me.id)}
                says="QR code that opens your card at the desk"
              />
            </div>
            <dl className="num">
              <Line name="Name">
                <bdi>{me.name}</bdi>
              </Line>
              <Line name="Member">{me.id}</Line>
              <Line name="Wallet">{wallet.id}</Line>
              <Line name="In it now">{money(wallet.balance, wallet)}</Line>
            </dl>
          </div>
        </Dialog>
      )}
    </div>
  )
}

function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
