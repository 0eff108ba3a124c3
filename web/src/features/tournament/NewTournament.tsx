/** Makes a tournament; whoever makes it becomes its organizer. */

import { useMutation } from '@tanstack/react-query'
import { api, must } from '@/api/client'
import { refreshMe } from '@/shared/session'
import { TournamentForm, type Wanted } from './TournamentForm'

export function NewTournament({ onMade }: { onMade: (slug: string) => void }) {
  const make = useMutation({
    // What a tournament begins without is set later, in its settings.
    mutationFn: ({ four_eyes: _eyes, min_age: _age, ...wanted }: Wanted) =>
      must(api.POST('/api/tournament', { body: wanted })),
    onSuccess: async ({ slug }) => {
      await refreshMe()
      onMade(slug)
    },
  })
  return (
    <TournamentForm
      action={make.isPending ? 'Creating…' : 'Create tournament'}
      error={make.error}
      isPending={make.isPending}
      onWanted={(wanted) => make.mutate(wanted)}
    />
  )
}
