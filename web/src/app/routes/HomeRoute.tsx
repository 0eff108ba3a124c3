import { Link } from '@tanstack/react-router'
import { Tournaments } from '@/features/home/Tournaments'
import { SandboxDoor } from '@/features/people/SandboxDoor'
import { useMe } from '@/shared/session'
import { LinkButton } from '@/shared/ui/Button'
import { Page } from '../Page'

export default function HomeRoute() {
  const me = useMe()
  return (
    <Page title="Tournaments">
      {me === null && <SandboxDoor />}
      <Tournaments me={me} />
      {me?.admin && (
        <LinkButton look="plain">
          <Link to="/org/new">New tournament</Link>
        </LinkButton>
      )}
      {me && <SandboxDoor />}
    </Page>
  )
}
