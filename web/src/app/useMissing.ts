import { useEffect, useState } from 'react'
import { api } from '@/api/client'
import { useLink, useStructure } from '@/feed/useFeed'

/** Whether there is no such tournament: asked only when the feed could not be had and nothing is on the board. */
export function useMissing(slug: string): boolean {
  const { attempt } = useLink()
  const hasBoard = useStructure() !== null
  const isDoubtful = attempt > 0 && !hasBoard
  const [isMissing, setMissing] = useState(false)
  useEffect(() => {
    if (!isDoubtful) return
    let isOver = false
    api
      .GET('/api/tournament/{which}', { params: { path: { which: slug } } })
      .then(({ response }) => {
        if (!isOver) setMissing(response.status === 404)
      })
      // Without an answer it is the connection, and the link says so.
      .catch(() => {})
    return () => {
      isOver = true
    }
  }, [isDoubtful, slug])
  return isMissing
}
