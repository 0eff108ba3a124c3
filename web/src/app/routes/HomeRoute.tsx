import { Tournaments } from '@/features/home/Tournaments'
import { SandboxDoor } from '@/features/people/SandboxDoor'
import { useMe } from '@/shared/session'
import { Page } from '../Page'

export default function HomeRoute() {
  const me = useMe()
  return (
    <Page title="Tournaments">
      {me === null && <SandboxDoor />}
      <Tournaments me={me} />
      {me && <SandboxDoor />}
    </Page>
  )
}
