/** The tote wall: what a hall sees of a tournament, composed. What it shows is scene.ts's; nobody touches it for days. */

import { useMemo } from 'react'
import type { Structure } from '@/feed/board'
import { PoolTotal } from '@/feed/cells'
import type { MarketOnBoard } from '@/feed/messages'
import { type Phase, takesBets } from '@/feed/phase'
import { useFeed, useLink, useStructure } from '@/feed/useFeed'
import { prefixOf } from '@/shared/money'
import { useOddsFormat, useThemeChoice } from '@/shared/prefs'
import { useAutoReload } from './autoReload'
import { Between, NothingYet } from './Between'
import { Head } from './Head'
import { Join } from './Join'
import { useFullScreenKey, usePointerIdle, useWakeLock } from './kiosk'
import { LinkBand } from './LinkBand'
import { Money } from './Money'
import { Ranked } from './Ranked'
import { Sides } from './Sides'
import { fieldsBeside, type Scene, SIDES_MAX } from './scene'
import { useDividends } from './useDividends'
import { useScene } from './useScene'
import styles from './Wall.module.css'

interface Props {
  slug: string
  /** A match to stay with. */
  pinned: number | null
}

export function Wall({ slug, pinned }: Props) {
  const structure = useStructure()
  const scene = useScene(pinned)
  const { phase: link } = useLink()
  const isIdle = usePointerIdle()
  const theme = useThemeChoice() === 'light' ? 'light' : 'dark'
  useWakeLock()
  useFullScreenKey()
  const phase = scene?.t === 'match' ? scene.phase : null
  useAutoReload(phase !== 'lastCall' && phase !== 'resulted' && phase !== 'settled' && phase !== 'refunded')

  return (
    <main
      className={styles.wall}
      data-theme={theme}
      data-idle={isIdle || undefined}
      data-link={link}
      data-scene={scene?.t}
      data-testid="wall"
    >
      {structure && scene ? (
        <Scenery slug={slug} structure={structure} scene={scene} />
      ) : (
        <p className={styles.waiting} role="status">
          {link === 'down' ? 'No connection to the board. Trying again.' : 'Connecting to the board'}
        </p>
      )}
    </main>
  )
}

function Scenery({ slug, structure, scene }: { slug: string; structure: Structure; scene: Scene }) {
  const feed = useFeed()
  const market = scene.t === 'match' ? (structure.markets.get(scene.market) ?? null) : null
  const phase = scene.t === 'match' && market ? scene.phase : null
  const match = market ? structure.matches.get(market.match_id) : undefined
  const fields = useMemo(
    () => fieldsBeside(structure, market?.id ?? null, feed.serverNow()),
    [structure, market, feed],
  )
  const next = scene.t === 'between' && scene.next !== null ? structure.matches.get(scene.next) : undefined
  const siblings = market
    ? [...structure.markets.values()].filter((one) => one.match_id === market.match_id)
    : []
  const takesItsBets = phase !== null && takesBets(phase)
  return (
    <>
      <div className={styles.top}>
        <Head
          tournament={structure.tournament}
          match={match}
          market={market ?? undefined}
          isOneOfSeveral={siblings.length > 1}
          phase={phase ?? undefined}
        />
        <LinkBand />
      </div>
      <section className={styles.match} data-alone={fields.length === 0 || undefined} data-testid="featured">
        {market && phase && <Featured market={market} structure={structure} phase={phase} />}
        {scene.t === 'empty' && <NothingYet />}
        {scene.t === 'between' && (
          <Between next={next} tournament={structure.tournament} now={feed.serverNow()} />
        )}
      </section>
      {fields.length > 0 && (
        <section
          className={styles.field}
          data-count={fields.length}
          aria-label="Also open"
          data-testid="field"
        >
          {fields.map((field) => (
            <Field key={field.id} market={field} structure={structure} />
          ))}
        </section>
      )}
      <Money
        structure={structure}
        market={market}
        phase={phase}
        others={market === null ? 'all matches' : siblings.length > 1 ? 'other bets' : 'other matches'}
      />
      <Join
        path={takesItsBets && match ? `/t/${slug}/m/${match.id}` : `/t/${slug}`}
        canBet={takesItsBets || fields.length > 0}
      />
    </>
  )
}

interface Of {
  market: MarketOnBoard
  structure: Structure
}

function Featured({ market, structure, phase }: Of & { phase: Phase }) {
  const format = useOddsFormat()
  const dividends = useDividends(market.id, market.version, phase === 'settled')
  const shown = { market, phase, dividends, format }
  return market.outcomes.length <= SIDES_MAX ? (
    <Sides key={market.id} tournament={structure.tournament} {...shown} />
  ) : (
    <Ranked key={market.id} {...shown} />
  )
}

function Field({ market, structure }: Of) {
  const format = useOddsFormat()
  const { currency, exponent } = structure.tournament
  const match = structure.matches.get(market.match_id)
  return (
    <>
      <div className={styles.fieldHead}>
        <h2 dir="auto">{match?.name ?? market.name}</h2>
        <PoolTotal market={market.id} exponent={exponent} prefix={prefixOf(currency)} />
      </div>
      <Ranked market={market} phase="open" dividends={null} format={format} isField />
    </>
  )
}
