/**
 * Lists of any length: read page by page from the API, the first at once, the next when asked for. What draws a row is a
 * memo of it, so that another page draws only its own rows.
 */

import { keepPreviousData, type QueryKey, useInfiniteQuery } from '@tanstack/react-query'
import { Button } from './Button'
import { Awaiting, FailedToLoad } from './States'

interface PageOf<Row> {
  items: Row[]
  next?: string | null
}

interface Manner {
  /** While other rows are on their way those before stay, with `isPlaceholderData`: for what is sought while one types. */
  keepsRows?: boolean
  /** Others change it all the time: it is read again whenever it is opened. */
  isShared?: boolean
}

/** `ask` reads the page behind a cursor. `rows` are all that were read so far. */
export function usePaged<Row>(
  queryKey: QueryKey,
  ask: (after: string | undefined) => Promise<PageOf<Row>>,
  { keepsRows = false, isShared = false }: Manner = {},
) {
  const query = useInfiniteQuery({
    queryKey,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => ask(pageParam),
    getNextPageParam: (page) => page.next ?? undefined,
    ...(isShared && { refetchOnMount: 'always' as const }),
    ...(keepsRows && { placeholderData: keepPreviousData }),
  })
  return { ...query, rows: query.data?.pages.flatMap((page) => page.items) ?? [] }
}

interface MoreProps {
  list: Pick<
    ReturnType<typeof usePaged>,
    | 'data'
    | 'dataUpdatedAt'
    | 'error'
    | 'refetch'
    | 'hasNextPage'
    | 'isFetchingNextPage'
    | 'isFetchNextPageError'
    | 'fetchNextPage'
  >
  /** What the list holds, in the plural: "bets". */
  what: string
  /** An `AsOf` above the list says already that it is not of now. */
  hasAsOf?: boolean
}

/** Above a list that can be looked at for long: of when it is, while it cannot be read again. */
export function AsOf({ list, what }: MoreProps) {
  return list.data === undefined ? null : <Awaiting query={list} what={what} />
}

/** Below a list: that it is loading, that it failed, or the button for its next page. */
export function More({ list, what, hasAsOf = false }: MoreProps) {
  if (list.isFetchNextPageError)
    return <FailedToLoad error={list.error} onRetry={() => list.fetchNextPage()} />
  if (list.data === undefined || (list.error && !hasAsOf)) return <Awaiting query={list} what={what} />
  if (!list.hasNextPage) return null
  return (
    <Button look="plain" disabled={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
      {list.isFetchingNextPage ? `Loading more ${what}…` : `Show more ${what}`}
    </Button>
  )
}
