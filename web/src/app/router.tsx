/** Every address of the pages and the code it loads. A spectator of the board loads none of the rest. */

import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from '@tanstack/react-router'
import { filtersOf } from '@/features/audit/filters'
import { NotFound } from './NotFound'
import { PageFailed } from './Page'
import BoardRoute from './routes/BoardRoute'

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound, errorComponent: PageFailed })

/** Everything but the board: pages that ask the API for more than who looks. */
const pages = createRoute({
  getParentRoute: () => root,
  id: 'pages',
  component: lazyRouteComponent(() => import('./WithQueries')),
})

const home = createRoute({
  getParentRoute: () => pages,
  path: '/',
  component: lazyRouteComponent(() => import('./routes/HomeRoute')),
})

const board = createRoute({
  getParentRoute: () => root,
  path: '/t/$slug',
  component: BoardRoute,
})

interface PickSearch {
  /** The place of the outcome in the match's market: 2 is the second. */
  pick?: number
  /** As one would type it. */
  stake?: string
}

/** The same board with the slip filled in; never placed by itself. */
const boardPick = createRoute({
  getParentRoute: () => board,
  path: 'm/$match',
  validateSearch: (search: Record<string, unknown>): PickSearch => ({
    pick:
      Number.isInteger(Number(search.pick)) && search.pick !== undefined ? Number(search.pick) : undefined,
    stake: search.stake === undefined ? undefined : String(search.stake),
  }),
})

interface ToteSearch {
  /** A match the wall stays with. */
  match?: number
}

/** The wall in the hall; beside the board's route, not below it, since it loads none of the board. */
const tote = createRoute({
  getParentRoute: () => root,
  path: '/t/$slug/tote',
  validateSearch: (search: Record<string, unknown>): ToteSearch => ({
    match: Number(search.match) || undefined,
  }),
  component: lazyRouteComponent(() => import('./routes/ToteRoute')),
})

const bets = createRoute({
  getParentRoute: () => pages,
  path: '/bets',
  component: lazyRouteComponent(() => import('./routes/BetsRoute')),
})

const wallet = createRoute({
  getParentRoute: () => pages,
  path: '/wallet',
  component: lazyRouteComponent(() => import('./routes/WalletRoute')),
})

const signIn = createRoute({
  getParentRoute: () => pages,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('./routes/SignInRoute')),
})

const register = createRoute({
  getParentRoute: () => pages,
  path: '/register',
  component: lazyRouteComponent(() => import('./routes/RegisterRoute')),
})

interface VerifySearch {
  tournament?: number
}

const verify = createRoute({
  getParentRoute: () => pages,
  path: '/verify',
  validateSearch: (search: Record<string, unknown>): VerifySearch => ({
    tournament: Number(search.tournament) || undefined,
  }),
  component: lazyRouteComponent(() => import('./routes/VerifyRoute')),
})

const desk = createRoute({
  getParentRoute: () => pages,
  path: '/org/t/$slug',
  component: lazyRouteComponent(() => import('./routes/DeskRoute')),
})

const deskMarkets = createRoute({
  getParentRoute: () => desk,
  path: '/',
  component: lazyRouteComponent(() => import('./routes/desk/MarketsRoom')),
})

const audit = createRoute({
  getParentRoute: () => pages,
  path: '/audit',
  validateSearch: filtersOf,
  component: lazyRouteComponent(() => import('./routes/AuditRoute')),
})

const ops = createRoute({
  getParentRoute: () => pages,
  path: '/ops',
  component: lazyRouteComponent(() => import('./routes/OpsRoute')),
})

export const router = createRouter({
  routeTree: root.addChildren([
    board.addChildren([boardPick]),
    tote,
    pages.addChildren([
      home,
      bets,
      wallet,
      signIn,
      register,
      verify,
      audit,
      ops,
      desk.addChildren([deskMarkets]),
    ]),
  ]),
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
