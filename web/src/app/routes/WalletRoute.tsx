import { useNavigate, useSearch } from '@tanstack/react-router'
import { Wallets } from '@/features/wallet/Wallets'
import { lastTournament } from '../lastTournament'
import { ForSignedIn, Page } from '../Page'

export default function WalletRoute() {
  const navigate = useNavigate()
  const { tournament } = useSearch({ from: '/pages/wallet' })
  return (
    <Page title="Wallet">
      <ForSignedIn what="your wallet">
        {(me) => (
          <Wallets
            me={me}
            tournament={tournament}
            usual={lastTournament()}
            onChoose={(id) => navigate({ to: '/wallet', search: { tournament: id }, replace: true })}
          />
        )}
      </ForSignedIn>
    </Page>
  )
}
