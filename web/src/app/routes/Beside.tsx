/** Where the slip would be, for those who have none: what they can do instead. */

import type { UseMutationResult } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Me } from '@/api/types'
import { SandboxDoor } from '@/features/people/SandboxDoor'
import type { TournamentOnBoard } from '@/feed/messages'
import { runsDesk } from '@/shared/session'
import { Button, LinkButton } from '@/shared/ui/Button'
import { Failure } from '@/shared/ui/Note'
import { Panel } from '@/shared/ui/Panel'

interface Props {
  me: Me | null
  tournament: TournamentOnBoard
  join: UseMutationResult<unknown, Error, void>
}

export function Beside({ me, tournament, join }: Props) {
  if (!me) {
    return (
      <Panel title="Sign in to bet">
        <p>You see the board live. With an account you can bet from here, and your bets show below.</p>
        <LinkButton>
          <Link to="/sign-in">Sign in</Link>
        </LinkButton>
        <p>
          No account yet? <Link to="/register">Register</Link>
        </p>
        <SandboxDoor tournament={tournament.slug} />
      </Panel>
    )
  }
  if (runsDesk(me, tournament.slug)) {
    return (
      <Panel title="You run this tournament">
        <p>Open and close matches, enter results and settle at the desk.</p>
        <LinkButton>
          <Link to="/org/t/$slug" params={{ slug: tournament.slug }}>
            Go to the desk
          </Link>
        </LinkButton>
      </Panel>
    )
  }
  return (
    <Panel title="Join to bet">
      <p>Joining opens your wallet in this tournament, in {tournament.currency}.</p>
      <Button onClick={() => join.mutate()} disabled={join.isPending}>
        Join {tournament.name}
      </Button>
      <Failure error={join.error} />
    </Panel>
  )
}
