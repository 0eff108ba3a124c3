import { Tournaments } from '@/features/board/Tournaments'
import { SandboxDoor } from '@/features/people/SandboxDoor'
import { Page } from '../Page'

export default function HomeRoute() {
  return (
    <Page title="Tournaments">
      <SandboxDoor />
      <Tournaments />
    </Page>
  )
}
