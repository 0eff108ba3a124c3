/** The tote wall of a tournament. Anybody may hang it up: it shows what a spectator sees. */

import { useParams, useSearch } from '@tanstack/react-router'
import { useEffect } from 'react'
import { Wall } from '@/features/tote/Wall'
import { FeedProvider, useStructure } from '@/feed/useFeed'
import { NotFound } from '../NotFound'
import { useMissing } from '../useMissing'

export default function ToteRoute() {
  const { slug } = useParams({ from: '/t/$slug/tote' })
  return (
    <FeedProvider key={slug} tournament={slug}>
      <TotePage slug={slug} />
    </FeedProvider>
  )
}

function TotePage({ slug }: { slug: string }) {
  const { match } = useSearch({ from: '/t/$slug/tote' })
  const name = useStructure()?.tournament.name
  const isMissing = useMissing(slug)
  useEffect(() => {
    document.title = name ? `Tote wall, ${name} – Toteboard` : 'Toteboard'
  }, [name])
  if (isMissing) return <NotFound />
  return <Wall slug={slug} pinned={match ?? null} />
}
