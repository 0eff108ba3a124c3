/** Every address of the pages and the code it loads. A spectator of the board loads none of the rest. */

import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from '@tanstack/react-router'
import { filtersOf } from '@/features/audit/filters'
import { BET_STATUSES, type BetFilters } from '@/shared/betFilters'
import { NotFound } from './NotFound'
import { PageFailed } from './PageFailed'
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
  /** Of a market that a lane does not name. */
  outcome?: number
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
    outcome: Number(search.outcome) || undefined,
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

const number = (value: unknown) => (Number.isSafeInteger(Number(value)) && Number(value)) || undefined
const text = (value: unknown) => (value === undefined ? undefined : String(value))

interface TournamentSearch {
  tournament?: number
}

/** Of which tournament, where somebody has several. */
const tournamentSearch = (search: Record<string, unknown>): TournamentSearch => ({
  tournament: number(search.tournament),
})

const bets = createRoute({
  getParentRoute: () => pages,
  path: '/bets',
  validateSearch: (search: Record<string, unknown>): TournamentSearch & { status?: string } => ({
    status: text(search.status),
    tournament: number(search.tournament),
  }),
  component: lazyRouteComponent(() => import('./routes/BetsRoute')),
})

const receipt = createRoute({
  getParentRoute: () => pages,
  path: '/bets/$id',
  component: lazyRouteComponent(() => import('./routes/ReceiptRoute')),
})

const wallet = createRoute({
  getParentRoute: () => pages,
  path: '/wallet',
  validateSearch: tournamentSearch,
  component: lazyRouteComponent(() => import('./routes/WalletRoute')),
})

const limits = createRoute({
  getParentRoute: () => pages,
  path: '/limits',
  validateSearch: tournamentSearch,
  component: lazyRouteComponent(() => import('./routes/LimitsRoute')),
})

interface NextSearch {
  /** Where to go afterwards: a path of these pages. */
  next?: string
}

const nextSearch = (search: Record<string, unknown>): NextSearch => ({ next: text(search.next) })

const signIn = createRoute({
  getParentRoute: () => pages,
  path: '/sign-in',
  validateSearch: nextSearch,
  component: lazyRouteComponent(() => import('./routes/SignInRoute')),
})

const register = createRoute({
  getParentRoute: () => pages,
  path: '/register',
  validateSearch: nextSearch,
  component: lazyRouteComponent(() => import('./routes/RegisterRoute')),
})

const password = createRoute({
  getParentRoute: () => pages,
  path: '/password',
  component: lazyRouteComponent(() => import('./routes/PasswordRoute')),
})

const account = createRoute({
  getParentRoute: () => pages,
  path: '/account',
  component: lazyRouteComponent(() => import('./routes/AccountRoute')),
})

const verify = createRoute({
  getParentRoute: () => pages,
  path: '/verify',
  validateSearch: (search: Record<string, unknown>): TournamentSearch & NextSearch => ({
    ...tournamentSearch(search),
    ...nextSearch(search),
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

const accounts = createRoute({
  getParentRoute: () => pages,
  path: '/ops/accounts',
  component: lazyRouteComponent(() => import('./routes/AccountsRoute')),
})

const deskBets = createRoute({
  getParentRoute: () => desk,
  path: 'bets',
  validateSearch: (search: Record<string, unknown>): BetFilters => ({
    user: Number(search.user) || undefined,
    market: Number(search.market) || undefined,
    status: BET_STATUSES.find((status) => status === search.status),
  }),
  component: lazyRouteComponent(() => import('./routes/desk/BetsRoom')),
})

interface PeopleSearch {
  /** The one member to show, by their user id. */
  member?: number
  show?: 'invitations'
}

const deskPeople = createRoute({
  getParentRoute: () => desk,
  path: 'people',
  validateSearch: (search: Record<string, unknown>): PeopleSearch => ({
    member: Number(search.member) || undefined,
    show: search.show === 'invitations' ? 'invitations' : undefined,
  }),
  component: lazyRouteComponent(() => import('./routes/desk/PeopleRoom')),
})

/** A room of the desk that its address says nothing more about. */
const deskRoom = <const Path extends string>(path: Path, load: Parameters<typeof lazyRouteComponent>[0]) =>
  createRoute({ getParentRoute: () => desk, path, component: lazyRouteComponent(load) })

const deskImport = deskRoom('import', () => import('./routes/desk/ImportRoom'))
const deskExports = deskRoom('exports', () => import('./routes/desk/ExportsRoom'))
const deskReports = deskRoom('reports', () => import('./routes/desk/ReportsRoom'))
const deskFeedback = deskRoom('feedback', () => import('./routes/desk/FeedbackRoom'))
const deskSettings = deskRoom('settings', () => import('./routes/desk/SettingsRoom'))

const newTournament = createRoute({
  getParentRoute: () => pages,
  path: '/org/new',
  component: lazyRouteComponent(() => import('./routes/NewTournamentRoute')),
})

const join = createRoute({
  getParentRoute: () => pages,
  path: '/join',
  component: lazyRouteComponent(() => import('./routes/JoinRoute')),
})

const joinByCode = createRoute({
  getParentRoute: () => pages,
  path: '/join/$code',
  component: lazyRouteComponent(() => import('./routes/JoinRoute')),
})

export const router = createRouter({
  routeTree: root.addChildren([
    board.addChildren([boardPick]),
    tote,
    pages.addChildren([
      home,
      bets,
      receipt,
      wallet,
      limits,
      signIn,
      register,
      password,
      account,
      verify,
      audit,
      ops,
      accounts,
      join,
      joinByCode,
      newTournament,
      desk.addChildren([
        deskMarkets,
        deskBets,
        deskPeople,
        deskImport,
        deskExports,
        deskReports,
        deskFeedback,
        deskSettings,
      ]),
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
