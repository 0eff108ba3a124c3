/** Looks every two seconds while the page can be seen, and knows when what it has is no longer now. */

import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api, must } from '@/api/client'
import { Problem } from '@/api/problem'

const LOOK_MS = 2000
const PATIENCE_MS = 8000
/** Two looks and a little: past this a figure is old. */
const FRESH_MS = 6000

/** The time, second by second, so that growing old is seen even while nothing arrives. */
function useSeconds(): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  return now
}

export function useOps() {
  const now = useSeconds()
  const look = useQuery({
    queryKey: ['ops'],
    queryFn: () => must(api.GET('/api/ops', { signal: AbortSignal.timeout(PATIENCE_MS) })),
    refetchInterval: LOOK_MS,
    retry: false,
    staleTime: 0,
  })
  const { data: ops, dataUpdatedAt: at, error } = look
  const isOld = ops !== undefined && (error !== null || now - at > FRESH_MS)
  return {
    /** The last answer, however old. */
    ops,
    /** On our own clock. */
    at,
    isOld,
    error,
    isDatabaseAway: error instanceof Problem && error.code === 'OUTAGE',
    isPending: look.isPending,
    refetch: look.refetch,
  }
}

const RUNNING_MS = 700

/** The last full derivation; followed while it runs. `mark` changes when another look has told of news. */
export function useDerivation(mark: string) {
  return useQuery({
    queryKey: ['ops', 'derivation', mark],
    queryFn: () => must(api.GET('/api/ops/audit', { signal: AbortSignal.timeout(PATIENCE_MS) })),
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? RUNNING_MS : false),
    placeholderData: (before) => before,
    retry: false,
    staleTime: 0,
  })
}
