/** What a bettor has on the board and a spectator does not: the wallet above, the slip and my bets beside. */

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { MyBets } from '@/features/bets/MyBets'
import { BeforeBetting } from '@/features/people/BeforeBetting'
import { SlipPanel } from '@/features/slip/SlipPanel'
import { walletsQuery } from '@/shared/mine'
import { money } from '@/shared/money'
import headerStyles from '../Header.module.css'
import { usePersonalFeed } from '../personalFeed'
import { WithQueries } from '../WithQueries'

function useWallet(id: number) {
  return useQuery(walletsQuery).data?.find((wallet) => wallet.id === id)
}

function Balance({ wallet: id }: { wallet: number }) {
  const wallet = useWallet(id)
  if (!wallet) return null
  return (
    <Link to="/wallet" className={headerStyles.wallet}>
      <small>Wallet</small>
      <b className="num" data-testid="balance">
        {money(wallet.balance, wallet)}
      </b>
    </Link>
  )
}

interface Props {
  user: number
  wallet: number
  pick: number | null
  /** What is typed as stake to begin with. */
  firstStake: string
  onPick: (outcome: number | null) => void
}

function SlipAndBets({ user, wallet: id, ...rest }: Props) {
  const wallet = useWallet(id)
  usePersonalFeed(wallet?.tournament_id ?? 0)
  if (!wallet) return null
  return (
    <>
      <SlipPanel user={user} wallet={wallet} {...rest} />
      <MyBets tournament={wallet.tournament_id} />
    </>
  )
}

export function BettorBalance(props: { wallet: number }) {
  return (
    <WithQueries>
      <Balance {...props} />
    </WithQueries>
  )
}

function Lead({ wallet: id }: { wallet: number }) {
  const wallet = useWallet(id)
  return wallet ? <BeforeBetting wallet={wallet} /> : null
}

/** Above the board: what is missing before one can bet. */
export function BettorLead(props: { wallet: number }) {
  return (
    <WithQueries>
      <Lead {...props} />
    </WithQueries>
  )
}

export function BettorSide(props: Props) {
  return (
    <WithQueries>
      <SlipAndBets {...props} />
    </WithQueries>
  )
}
