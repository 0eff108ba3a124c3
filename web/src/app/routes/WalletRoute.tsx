import { Wallets } from '@/features/wallet/Wallets'
import { useMe } from '@/shared/session'
import { Page, SignInFirst } from '../Page'

export default function WalletRoute() {
  const me = useMe()
  return <Page title="Wallet">{me === null ? <SignInFirst what="your wallet" /> : <Wallets />}</Page>
}
